import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ChatChoice, ChatOption, OptionInput } from '../../../src/interaction-contract';
import type { SlashEntry } from '../../model/slash-commands';
import type { Choice, Choices } from './choices';
import { SuggestField } from './suggest-field';

/** Discord's numbers for types of options. */
const OPTION = {
  string: 3,
  integer: 4,
  boolean: 5,
  user: 6,
  channel: 7,
  role: 8,
  mentionable: 9,
  number: 10,
  attachment: 11,
} as const;

type OptionValue = NonNullable<OptionInput['value']>;

interface CommandFormProps {
  readonly entry: SlashEntry;
  readonly choices: Choices;
  /** What the bot suggests for the option that is `focused`. Rejects when it does not answer in time. */
  suggest(values: readonly OptionInput[]): Promise<readonly ChatChoice[]>;
  /** Uses the command. The form stays open with the reason when it rejects. */
  send(values: readonly OptionInput[]): Promise<void>;
  leave(): void;
}

/** The fields of a command, in place of the message one would write. Enter sends it, Escape leaves it. */
export function CommandForm({ entry, choices, suggest, send, leave }: CommandFormProps) {
  const { label, description, options } = entry;
  const [values, setValues] = useState<ReadonlyMap<string, OptionValue>>(new Map());
  const [failure, setFailure] = useState<string>();
  const [isSending, setIsSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('input, select, button[type="submit"]')?.focus();
  }, []);
  const set = (name: string, value: OptionValue | undefined) =>
    setValues((before) => {
      const after = new Map(before);
      if (value === undefined) after.delete(name);
      else after.set(name, value);
      return after;
    });
  const given = () => [...values].map(([name, value]): OptionInput => ({ name, value }));
  const submit = async () => {
    if (isSending) return;
    setIsSending(true);
    setFailure(undefined);
    try {
      await send(given());
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setIsSending(false);
    }
  };
  return (
    <form
      class="command-form"
      data-component="command-form"
      aria-label={label}
      ref={form}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        leave();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div class="command-head">
        <span class="command-name">{label}</span>
        <span class="app-about">{description}</span>
      </div>
      {options.length > 0 && (
        <div class="command-fields">
          {options.map((option) => (
            <OptionField
              key={option.name}
              option={option}
              choices={choices}
              suggest={(text) =>
                suggest([
                  ...given().filter(({ name }) => name !== option.name),
                  { name: option.name, value: text, focused: true },
                ])
              }
              change={(value) => set(option.name, value)}
            />
          ))}
        </div>
      )}
      {failure !== undefined && (
        <p class="app-failure" role="alert">
          {failure}
        </p>
      )}
      <div class="command-buttons">
        <span class="app-about">Enter sends it, Escape leaves it.</span>
        <button type="button" class="button" onClick={leave}>
          Cancel
        </button>
        <button type="submit" class="button button-primary" aria-busy={isSending}>
          Send
        </button>
      </div>
    </form>
  );
}

interface OptionFieldProps {
  readonly option: ChatOption;
  readonly choices: Choices;
  suggest(text: string): Promise<readonly ChatChoice[]>;
  /** Called with what the option is given; undefined is nothing. */
  change(value: OptionValue | undefined): void;
}

function OptionField(props: OptionFieldProps) {
  const { option } = props;
  const id = useId();
  return (
    <div class="command-field">
      <label class="command-label" for={id}>
        {option.label} {!option.required && <span class="app-about">(optional)</span>}
      </label>
      <OptionInputField {...props} id={id} />
    </div>
  );
}

function OptionInputField({
  option,
  choices,
  suggest,
  change,
  id,
}: OptionFieldProps & { readonly id: string }) {
  const { type, required, description, autocomplete, min, max } = option;
  const isNumber = type === OPTION.integer || type === OPTION.number;
  const offered = offeredFor(option, choices);
  if (offered !== undefined) {
    const pick = (value: string) => {
      if (value === '') change(undefined);
      else if (type === OPTION.boolean) change(value === 'true');
      else change(isNumber ? Number(value) : value);
    };
    return (
      <select
        class="field"
        id={id}
        required={required}
        title={description}
        onChange={(event) => pick(event.currentTarget.value)}
      >
        <option value="">{required ? description : '—'}</option>
        {offered.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    );
  }
  if (autocomplete) {
    return (
      <SuggestField
        id={id}
        required={required}
        placeholder={description}
        suggest={suggest}
        change={(text, choice) => change(choice?.value ?? written(text, isNumber))}
      />
    );
  }
  if (type === OPTION.attachment) {
    return (
      <input
        class="field"
        id={id}
        type="file"
        required={required}
        onChange={async ({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          change(file && (await fileValue(file)));
        }}
      />
    );
  }
  const common = {
    class: 'field',
    id,
    autocomplete: 'off',
    required,
    placeholder: description,
    onInput: ({ currentTarget: { value } }: { currentTarget: HTMLInputElement }) =>
      change(written(value, isNumber)),
  };
  // Without a bound there is no attribute: null would be read as 0.
  const least = min ?? undefined;
  const most = max ?? undefined;
  return isNumber ? (
    <input {...common} type="number" min={least} max={most} step={type === OPTION.integer ? 1 : 'any'} />
  ) : (
    <input {...common} type="text" minLength={least} maxLength={most} />
  );
}

function written(text: string, isNumber: boolean): OptionValue | undefined {
  if (text.trim() === '') return undefined;
  return isNumber ? Number(text) : text;
}

/** What an option can be, where that is a list; undefined where it is written. */
function offeredFor({ type, choices }: ChatOption, places: Choices): readonly Choice[] | undefined {
  if (choices.length > 0) return choices.map(({ name, value }) => ({ label: name, value: String(value) }));
  switch (type) {
    case OPTION.boolean:
      return [
        { value: 'true', label: 'True' },
        { value: 'false', label: 'False' },
      ];
    case OPTION.user:
      return places.members;
    case OPTION.channel:
      return places.channels;
    case OPTION.role:
      return places.roles;
    case OPTION.mentionable:
      return [...places.members, ...places.roles];
    default:
      return undefined;
  }
}

async function fileValue(file: File): Promise<OptionValue> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return { filename: file.name, contentType: file.type || 'application/octet-stream', base64: btoa(binary) };
}
