import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ChatChoice } from '../../../src/interaction-contract';

/** How long one pauses before the bot is asked: a keystroke each would be a question each. */
const PAUSE_MS = 120;

interface SuggestFieldProps {
  readonly id: string;
  readonly required: boolean;
  readonly placeholder: string;
  /** What is suggested for a text. Rejects when the bot does not answer in time. */
  suggest(text: string): Promise<readonly ChatChoice[]>;
  /** Called with what is written, and with the choice that stands for it where one was taken. */
  change(text: string, choice: ChatChoice | undefined): void;
}

type Offer =
  | { readonly kind: 'choices'; readonly choices: readonly ChatChoice[] }
  | { readonly kind: 'loading' | 'failed' };

/**
 * A text for which the bot suggests what it could be. Arrow keys choose, Enter and Tab take, Escape puts the list away.
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
export function SuggestField({ id, required, placeholder, suggest, change }: SuggestFieldProps) {
  const [text, setText] = useState('');
  const [offer, setOffer] = useState<Offer>();
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const asked = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const forget = () => {
    asked.current++;
    clearTimeout(timer.current);
    setOffer(undefined);
  };
  useEffect(() => forget, []);

  const ask = (about: string, pauseMs: number) => {
    const question = ++asked.current;
    clearTimeout(timer.current);
    // What was offered for other words stays in sight, until there is something better.
    setOffer((before) => (before?.kind === 'choices' ? before : { kind: 'loading' }));
    const show = (found: Offer) => {
      // What was written meanwhile asks for something else.
      if (question !== asked.current) return;
      setChosen(0);
      setOffer(found);
    };
    timer.current = setTimeout(() => {
      suggest(about).then(
        (choices) => show({ kind: 'choices', choices }),
        () => show({ kind: 'failed' }),
      );
    }, pauseMs);
  };
  const take = (choice: ChatChoice) => {
    setText(choice.name);
    change(choice.name, choice);
    forget();
  };
  const choices = offer?.kind === 'choices' ? offer.choices : [];
  const onKeyDown = (event: KeyboardEvent) => {
    const choice = choices[chosen];
    if (event.key === 'Escape' && offer !== undefined) forget();
    else if (choice === undefined) return;
    else if (event.key === 'ArrowDown') setChosen((chosen + 1) % choices.length);
    else if (event.key === 'ArrowUp') setChosen((chosen + choices.length - 1) % choices.length);
    else if (event.key === 'Enter') take(choice);
    else if (event.key === 'Tab') {
      take(choice);
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <input
        class="field"
        id={id}
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={choices.length > 0}
        aria-controls={listId}
        aria-activedescendant={choices.length > 0 ? `${listId}-${chosen}` : undefined}
        autocomplete="off"
        required={required}
        placeholder={placeholder}
        value={text}
        onFocus={() => ask(text, 0)}
        onBlur={forget}
        onKeyDown={onKeyDown}
        onInput={({ currentTarget: { value } }) => {
          setText(value);
          change(value, undefined);
          ask(value, PAUSE_MS);
        }}
      />
      <div
        class="command-suggestions"
        role="listbox"
        id={listId}
        aria-label="Suggestions"
        hidden={choices.length === 0}
      >
        {choices.map((choice, index) => (
          <div
            key={`${choice.name}/${choice.value}`}
            id={`${listId}-${index}`}
            class="completion-option"
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            // The field would lose the focus, and the list be gone, before the click.
            onMouseDown={(event) => {
              event.preventDefault();
              take(choice);
            }}
          >
            {choice.name}
          </div>
        ))}
      </div>
      <p class="app-about" role="status">
        {statusOf(offer)}
      </p>
    </>
  );
}

function statusOf(offer: Offer | undefined): string {
  if (offer?.kind === 'loading') return 'Loading options…';
  if (offer?.kind === 'failed') return 'Loading options failed.';
  return offer?.kind === 'choices' && offer.choices.length === 0 ? 'No options match.' : '';
}
