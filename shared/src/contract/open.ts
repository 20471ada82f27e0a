import { z } from 'zod';

/**
 * A schema of an object whose unknown keys survive parsing: a later release may have added them, and who passes the object
 * on must not lose them. Typed by its known keys alone, so that a misspelt one does not compile.
 */
export function open<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> {
  return z.looseObject(shape) as z.ZodObject<Shape>;
}
