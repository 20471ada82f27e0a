import { z } from 'zod';
import { messageLength } from '../../message-length';
import { refuse } from './form-errors';

/** A string of so many characters, counted as Discord counts them. */
export function text(minLength: number, maxLength: number) {
  return z.string().superRefine((value, context) => {
    checkLength(messageLength(value), minLength, maxLength, context);
  });
}

/** A list of so many entries. */
export function listOf<T extends z.ZodType>(entry: T, minLength: number, maxLength: number) {
  return z.array(entry).superRefine((list, context) => {
    checkLength(list.length, minLength, maxLength, context);
  });
}

/** A whole number within bounds. */
export function wholeNumber(minimum: number, maximum: number) {
  return z.int().min(minimum).max(maximum);
}

function checkLength(length: number, minLength: number, maxLength: number, context: z.RefinementCtx): void {
  if (length >= minLength && length <= maxLength) return;
  if (minLength === 0) {
    refuse(context, [], 'BASE_TYPE_MAX_LENGTH', `Must be ${maxLength} or fewer in length.`);
  } else {
    refuse(context, [], 'BASE_TYPE_BAD_LENGTH', `Must be between ${minLength} and ${maxLength} in length.`);
  }
}
