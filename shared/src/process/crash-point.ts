/*
 * Points in the code at which a process can be told to die.
 *
 * "Killed anywhere, nothing is lost and nothing counts twice" is Popple's promise, and the moments that could break it
 * last microseconds: between Postgres' commit and the event, between the event and the ack, between Discord's 200 and
 * our note of it. Killing by the clock almost never hits them, and a debugger or a mock would not be the program that
 * runs in production. So the program itself carries the points: the same binary, the same timing, and a real SIGKILL,
 * which the process cannot handle.
 *
 * Only who sets the environment of a process can make it die here, and they could do worse with it. Without
 * POPPLE_CRASH_AT every point is an empty function.
 */

/** The points that a message passes, in that order. */
export const CRASH_POINTS = [
  'svc:before-apply',
  'svc:after-commit',
  'svc:after-publish',
  'bot:before-post',
  'bot:after-discord-200',
  'bot:after-remembered',
] as const;

/** Those that an interaction passes, and no message, in that order. */
export const INTERACTION_CRASH_POINTS = [
  'bot:before-callback',
  'bot:after-callback',
  'bot:after-interaction-stored',
  'bot:after-response',
] as const;

const ALL_CRASH_POINTS = [...CRASH_POINTS, ...INTERACTION_CRASH_POINTS];

export type CrashPoint = (typeof ALL_CRASH_POINTS)[number];

/** The value of POPPLE_CRASH_AT that makes a process die when it passes `point` for the `pass`th time, counted from 1. */
export function crashAt(point: CrashPoint, pass: number): string {
  return `${point}:${pass}`;
}

function isCrashPoint(name: string | undefined): name is CrashPoint {
  return ALL_CRASH_POINTS.some((point) => point === name);
}

/**
 * Makes the function that a process calls at its crash points. It does nothing when `setting` is undefined or empty; else
 * it calls `die` at the named pass of the named point.
 * @throws Error when the setting is not one that crashAt makes: a test that kills nobody proves nothing.
 */
export function armCrashPoint(setting: string | undefined, die: () => void): (point: CrashPoint) => void {
  if (!setting) return () => {};
  const [, name, pass] = /^(.+):([1-9]\d*)$/.exec(setting) ?? [];
  if (!isCrashPoint(name)) {
    throw new Error(
      `POPPLE_CRASH_AT is "${setting}"; expected <point>:<pass> with a pass from 1 and one of the points ${ALL_CRASH_POINTS.join(', ')}`,
    );
  }
  let left = Number(pass);
  return (point) => {
    if (point !== name) return;
    left -= 1;
    if (left === 0) die();
  };
}

/** Kills this process with SIGKILL if POPPLE_CRASH_AT=<point>:<pass> says so; else does nothing. */
export const crashPoint: (point: CrashPoint) => void = armCrashPoint(process.env.POPPLE_CRASH_AT, () =>
  process.kill(process.pid, 'SIGKILL'),
);
