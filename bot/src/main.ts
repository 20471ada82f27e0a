import { COMMON_VARIABLES, run } from '@popple/shared/process/runner';
import { runBot } from './bot';
import { BOT_VARIABLES } from './config';

await run({
  name: 'bot',
  about:
    "Popple bot: reads Discord's gateway, publishes requests to NATS JetStream, and posts a reply for each event.",
  variables: { ...BOT_VARIABLES, ...COMMON_VARIABLES },
  main: runBot,
});
