/**
 * What `work` comes to, if that is within `deadlineMs`. The work itself goes on: what came of it later is dropped.
 * @throws what `work` does; what `late` makes, once the time has passed.
 */
export async function withDeadline<Result>(
  work: PromiseLike<Result>,
  deadlineMs: number,
  late: () => Error,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), deadlineMs);
  });
  try {
    return await Promise.race([work, passed]);
  } finally {
    clearTimeout(timer);
  }
}
