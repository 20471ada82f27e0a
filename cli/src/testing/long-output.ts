/** A tool whose output is longer than a pipe holds. */
import { EXIT, runTool } from '../terminal/run-tool';

await runTool({
  help: 'Prints much.',
  variables: {},
  parse: () => ({}),
  main: async ({ print, answer }) => {
    for (let line = 0; line < 10_000; line += 1) print(`${line}\n`);
    answer(Array.from({ length: 50_000 }, (_, index) => index));
    return EXIT.done;
  },
});
