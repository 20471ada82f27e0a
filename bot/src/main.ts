import { COMMON_VARIABLES, run } from '@popple/shared/process/runner';
import { runBot } from './bot';
import { BOT_VARIABLES } from './config';

await run({
  name: 'bot',
  about:
    "Popple bot: reads Discord's gateway, publishes requests to NATS JetStream, and posts the events that answer them.",
  variables: { ...BOT_VARIABLES, ...COMMON_VARIABLES },
  main: runBot,
});
