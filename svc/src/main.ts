import { COMMON_VARIABLES, run } from '@popple/shared/process/runner';
import { SVC_VARIABLES } from './config';
import { runSvc } from './service';

await run({
  name: 'svc',
  about: 'Popple svc: applies requests from NATS JetStream to Postgres and publishes what came of them.',
  variables: { ...SVC_VARIABLES, ...COMMON_VARIABLES },
  main: runSvc,
});
