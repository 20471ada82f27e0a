import {
  type APIComponentInLabel,
  type APIModalInteractionResponseCallbackData,
  type APIModalSubmissionComponent,
  ComponentType,
} from 'discord-api-types/v10';
import type { Invocation } from '../interaction-contract';
import { messageLength } from '../message-length';
import type { OptionContext } from './command-options';
import { checkSelection } from './component-use';
import { LocalError } from './local-route';

type Values = Extract<Invocation, { kind: 'modal' }>['values'];

/**
 * What a modal submits: each of its components, with what was filled in. Raises `LocalError` (400) for what the client
 * would not send.
 */
export function submission(
  context: Pick<OptionContext, 'world' | 'guild' | 'resolved'>,
  modal: APIModalInteractionResponseCallbackData,
  values: Values,
): APIModalSubmissionComponent[] {
  const submit = (component: APIComponentInLabel): object => {
    const { type, custom_id, id = 0 } = component;
    const base = { type, id, custom_id };
    const value = values[custom_id];
    switch (component.type) {
      case ComponentType.TextInput: {
        const text = typeof value === 'string' ? value : '';
        const { required = true, min_length = 0, max_length = 4000 } = component;
        const length = messageLength(text);
        if (length === 0 ? required : length < min_length || length > max_length) {
          throw new LocalError(
            400,
            `${custom_id}: expected ${Math.max(1, min_length)} to ${max_length} characters`,
          );
        }
        return { ...base, value: text };
      }
      case ComponentType.RadioGroup: {
        const chosen = typeof value === 'string' ? value : null;
        const { required = true, options } = component;
        if (chosen === null ? required : !options.some((option) => option.value === chosen)) {
          throw new LocalError(400, `${custom_id}: choose one`);
        }
        return { ...base, value: chosen };
      }
      case ComponentType.Checkbox:
        return { ...base, value: value === true };
      case ComponentType.CheckboxGroup: {
        const chosen = Array.isArray(value) ? value : [];
        const { required = true, options, max_values = options.length } = component;
        const { min_values = required ? 1 : 0 } = component;
        const isKnown = (one: string) => options.some((option) => option.value === one);
        if (chosen.length < min_values || chosen.length > max_values || !chosen.every(isKnown)) {
          throw new LocalError(400, `${custom_id}: choose ${min_values} to ${max_values}`);
        }
        return { ...base, values: chosen };
      }
      case ComponentType.FileUpload:
        if (component.required ?? true) {
          throw new LocalError(400, `${custom_id}: the local Discord uploads no files in a modal`);
        }
        return { ...base, values: [] };
      default: {
        const chosen = Array.isArray(value) ? value : [];
        const isLeftOut = chosen.length === 0 && 'required' in component && component.required === false;
        if (!isLeftOut) checkSelection(context, component, chosen);
        return { ...base, values: chosen };
      }
    }
  };
  const submitted = (
    component: APIModalInteractionResponseCallbackData['components'][number],
  ): APIModalSubmissionComponent => {
    const { type, id = 0 } = component;
    switch (component.type) {
      case ComponentType.Label:
        // `submit` gives what the type of its component asks for.
        return { type, id, component: submit(component.component) } as APIModalSubmissionComponent;
      case ComponentType.ActionRow:
        return { type, id, components: component.components.map(submit) } as APIModalSubmissionComponent;
      case ComponentType.TextDisplay:
        return { type: component.type, id };
    }
  };
  return modal.components.map(submitted);
}
