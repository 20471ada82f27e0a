import type {
  APIComponentInLabel,
  APIModalInteractionResponseCallbackComponent,
  APISelectMenuComponent,
  APITextInputComponent,
} from 'discord-api-types/v10';
import { render } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { RenderContext } from '../../markdown/dom';
import { type Choices, offerOf } from './choices';
import { COMPONENT } from './component-type';
import { MarkdownText } from './markdown-text';
import { SelectField } from './select-field';

type Value = string | boolean | string[];
type Values = Record<string, Value>;

/** A form that an app opens. */
export interface ModalQuestion {
  readonly title: string;
  readonly components: readonly APIModalInteractionResponseCallbackComponent[];
  /** Who asks. */
  readonly appName: string;
  readonly markdown: RenderContext;
  readonly choices: Choices;
  /** Sends what was filled in. The dialog stays open with the reason when it rejects. */
  submit(values: Values): Promise<void>;
  /** Called once it is closed, however that came about. */
  closed(): void;
}

/** Shows an app's form over the page. */
export function openModal(question: ModalQuestion): void {
  const place = document.createElement('div');
  document.body.append(place);
  const closed = () => {
    render(null, place);
    place.remove();
    question.closed();
  };
  render(<Modal question={question} closed={closed} />, place);
}

function Modal({ question, closed }: { readonly question: ModalQuestion; closed(): void }) {
  const { title, components, appName, markdown, choices } = question;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const [values, setValues] = useState<Values>(() => Object.fromEntries(components.flatMap(initialOf)));
  const [failure, setFailure] = useState<string>();
  const [isSending, setIsSending] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const send = async () => {
    setIsSending(true);
    try {
      await question.submit(values);
      dialog.current?.close();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
      setIsSending(false);
    }
  };
  const set = (customId: string, value: Value) => setValues((before) => ({ ...before, [customId]: value }));
  return (
    <dialog class="dialog app-modal" ref={dialog} aria-labelledby={titleId} onClose={closed}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <h2 class="dialog-title" id={titleId}>
          {title}
        </h2>
        <p class="dialog-about">This form is sent to {appName}.</p>
        {components.map((component) => {
          switch (component.type) {
            case COMPONENT.textDisplay:
              return <MarkdownText key={component.id} content={component.content} context={markdown} />;
            case COMPONENT.label:
              return (
                <Labelled key={component.id} label={component.label} about={component.description}>
                  {(ids) => (
                    <Input
                      input={component.component}
                      ids={ids}
                      values={values}
                      choices={choices}
                      set={set}
                    />
                  )}
                </Labelled>
              );
            case COMPONENT.actionRow:
              return component.components.map((input) => (
                <Labelled key={input.custom_id} label={input.label ?? ''}>
                  {(ids) => <Input input={input} ids={ids} values={values} choices={choices} set={set} />}
                </Labelled>
              ));
            default:
              return null;
          }
        })}
        {failure !== undefined && (
          <p class="failure" role="alert">
            {failure}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="button button-primary" disabled={isSending}>
            Submit
          </button>
        </div>
      </form>
    </dialog>
  );
}

interface FieldIds {
  /** What the field is called. */
  readonly text: string;
  readonly label: string;
  /** Of the description, where there is one. */
  readonly about: string | undefined;
}

function Labelled(props: {
  readonly label: string;
  readonly about?: string | undefined;
  children(ids: FieldIds): preact.ComponentChild;
}) {
  const id = useId();
  const ids = {
    text: props.label,
    label: `${id}-label`,
    about: props.about === undefined ? undefined : `${id}-about`,
  };
  return (
    <div class="app-labelled">
      <div class="field-label" id={ids.label}>
        {props.label}
      </div>
      {props.about !== undefined && (
        <div class="app-about" id={ids.about}>
          {props.about}
        </div>
      )}
      {props.children(ids)}
    </div>
  );
}

interface InputProps {
  readonly input: APIComponentInLabel;
  readonly ids: FieldIds;
  readonly values: Values;
  readonly choices: Choices;
  set(customId: string, value: Value): void;
}

function Input({ input, ids, values, choices, set }: InputProps) {
  const { custom_id: customId } = input;
  const value = values[customId];
  const described = { 'aria-labelledby': ids.label, 'aria-describedby': ids.about };
  switch (input.type) {
    case COMPONENT.textInput:
      return <TextField input={input} value={String(value ?? '')} described={described} set={set} />;
    case COMPONENT.checkbox:
      return (
        <input
          type="checkbox"
          {...described}
          checked={value === true}
          onChange={({ currentTarget }) => set(customId, currentTarget.checked)}
        />
      );
    case COMPONENT.radioGroup:
    case COMPONENT.checkboxGroup: {
      const isOne = input.type === COMPONENT.radioGroup;
      const picked = Array.isArray(value) ? value : value === undefined ? [] : [String(value)];
      const change = (option: string) => {
        if (isOne) set(customId, option);
        else
          set(
            customId,
            picked.includes(option) ? picked.filter((one) => one !== option) : [...picked, option],
          );
      };
      return (
        <div role={isOne ? 'radiogroup' : 'group'} {...described}>
          {input.options.map((option) => (
            <label key={option.value} class="app-check">
              <input
                type={isOne ? 'radio' : 'checkbox'}
                name={customId}
                checked={picked.includes(option.value)}
                onChange={() => change(option.value)}
              />
              <span>{option.label}</span>
              {option.description && <span class="app-about">{option.description}</span>}
            </label>
          ))}
        </div>
      );
    }
    case COMPONENT.fileUpload:
      return <p class="app-about">The local Discord uploads no files in a form.</p>;
    default:
      return <ModalSelect select={input} label={ids.text} value={value} choices={choices} set={set} />;
  }
}

function TextField(props: {
  readonly input: APITextInputComponent;
  readonly value: string;
  readonly described: object;
  set(customId: string, value: string): void;
}) {
  const { input, value, described, set } = props;
  const common = {
    ...described,
    class: 'field',
    name: input.custom_id,
    value,
    required: input.required ?? true,
    placeholder: input.placeholder,
    minLength: input.min_length,
    maxLength: input.max_length ?? 4000,
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      set(input.custom_id, currentTarget.value),
  };
  return input.style === 2 ? (
    <textarea {...common} rows={4} />
  ) : (
    <input {...common} type="text" autocomplete="off" />
  );
}

function ModalSelect(props: {
  readonly select: APISelectMenuComponent;
  readonly label: string;
  readonly value: Value | undefined;
  readonly choices: Choices;
  set(customId: string, value: string[]): void;
}) {
  const { select, label, value, choices, set } = props;
  const { offered } = offerOf(select, choices);
  const { custom_id: customId, placeholder = 'Make a selection', min_values = 1, max_values = 1 } = select;
  return (
    <SelectField
      label={label}
      placeholder={placeholder}
      offered={offered}
      chosen={Array.isArray(value) ? value : []}
      least={min_values}
      most={Math.min(max_values, offered.length)}
      disabled={false}
      customId={customId}
      choose={(values) => set(customId, values)}
    />
  );
}

/** What an input holds before anybody touches it. */
function initialOf(component: APIModalInteractionResponseCallbackComponent): [string, Value][] {
  const inputs: readonly APIComponentInLabel[] =
    component.type === COMPONENT.label
      ? [component.component]
      : component.type === COMPONENT.actionRow
        ? component.components
        : [];
  return inputs.flatMap((input): [string, Value][] => {
    const { custom_id: customId } = input;
    switch (input.type) {
      case COMPONENT.textInput:
        return [[customId, input.value ?? '']];
      case COMPONENT.checkbox:
        return [[customId, input.default === true]];
      case COMPONENT.radioGroup:
        return input.options.filter((option) => option.default).map(({ value }) => [customId, value]);
      case COMPONENT.checkboxGroup:
        return [[customId, input.options.filter((option) => option.default).map(({ value }) => value)]];
      case COMPONENT.fileUpload:
        return [];
      case COMPONENT.stringSelect:
        return [[customId, input.options.filter((option) => option.default).map(({ value }) => value)]];
      default:
        return [[customId, (input.default_values ?? []).map(({ id }) => id)]];
    }
  });
}
