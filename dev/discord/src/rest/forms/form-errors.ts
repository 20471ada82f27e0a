import { RESTJSONErrorCodes } from 'discord-api-types/v10';
import type { z } from 'zod';
import { ApiError, type FormErrors, type FormIssue } from '../errors';

/**
 * Reads a body by a schema. Raises `ApiError` (400, code 50035) with what Discord says of each field that is wrong, in a
 * tree along its path: `{ options: { 0: { name: { _errors: [{ code, message }] } } } }`.
 * @see https://discord.com/developers/docs/reference#error-messages
 */
export function readForm<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body, { reportInput: true });
  if (result.success) return result.data;
  throw new ApiError(
    400,
    RESTJSONErrorCodes.InvalidFormBodyOrContentType,
    'Invalid Form Body',
    formErrors(result.error.issues),
  );
}

/** Reports that a field is wrong, with the code and the words that Discord has for it. */
export function refuse(
  context: z.RefinementCtx,
  path: readonly (string | number)[],
  code: string,
  message: string,
): void {
  context.addIssue({ code: 'custom', path: [...path], message, params: { code } });
}

interface Node {
  issues: FormIssue[];
  fields: Map<string, Node>;
}

function formErrors(issues: readonly z.core.$ZodIssue[]): FormErrors {
  const root = newNode();
  for (const issue of issues) {
    let node = root;
    for (const key of issue.path) {
      const name = String(key);
      const field = node.fields.get(name) ?? newNode();
      node.fields.set(name, field);
      node = field;
    }
    node.issues.push(discordIssue(issue));
  }
  return treeOf(root);
}

const newNode = (): Node => ({ issues: [], fields: new Map() });

function treeOf({ issues, fields }: Node): FormErrors {
  return {
    ...(issues.length === 0 ? {} : { _errors: issues }),
    ...Object.fromEntries([...fields].map(([name, field]) => [name, treeOf(field)])),
  };
}

/** What Discord calls a value of another type than the field has. */
const WRONG_TYPES: Readonly<Record<string, FormIssue>> = {
  string: { code: 'STRING_TYPE_CONVERT', message: 'Could not interpret the value as string.' },
  number: { code: 'NUMBER_TYPE_COERCE', message: 'Value is not a number.' },
  int: { code: 'NUMBER_TYPE_COERCE', message: 'Value is not int.' },
  boolean: { code: 'BOOLEAN_TYPE_CONVERT', message: 'Must be either true or false.' },
  array: { code: 'LIST_TYPE_CONVERT', message: 'Only iterables may be used in a ListType' },
  object: { code: 'DICT_TYPE_CONVERT', message: 'Only dictionaries may be used in a DictType' },
  record: { code: 'DICT_TYPE_CONVERT', message: 'Only dictionaries may be used in a DictType' },
};

function discordIssue(issue: z.core.$ZodIssue): FormIssue {
  if (issue.code === 'custom' && typeof issue.params?.code === 'string') {
    return { code: issue.params.code, message: issue.message };
  }
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') {
    return { code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };
  }
  switch (issue.code) {
    case 'invalid_type':
      return WRONG_TYPES[issue.expected] ?? { code: 'BASE_TYPE_BAD_TYPE', message: issue.message };
    case 'invalid_value':
      return {
        code: 'BASE_TYPE_CHOICES',
        message: `Value must be one of {${issue.values.map((value) => JSON.stringify(value)).join(', ')}}.`,
      };
    case 'too_big':
      return {
        code: 'NUMBER_TYPE_MAX',
        message: `int value should be less than or equal to ${issue.maximum}.`,
      };
    case 'too_small':
      return {
        code: 'NUMBER_TYPE_MIN',
        message: `int value should be greater than or equal to ${issue.minimum}.`,
      };
    case 'invalid_union':
    case 'invalid_key':
    case 'unrecognized_keys':
      return { code: 'BASE_TYPE_CHOICES', message: 'Value is none of those that are allowed here.' };
    default:
      return { code: 'BASE_TYPE_BAD_TYPE', message: issue.message };
  }
}
