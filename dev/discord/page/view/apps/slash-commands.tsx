import { render } from 'preact';
import {
  optionInputs,
  type SlashEntry,
  slashEntries,
  slashQuery,
  suggestCommands,
} from '../../model/slash-commands';
import type { CompletionSource, Suggestion } from '../completion-menu';
import type { Editor } from '../editor';
import { h } from '../element';
import type { ReadyState, Ui } from '../ui';
import { choicesIn } from './choices';
import { CommandForm } from './command-form';

/** Offers commands after a slash, and shows the fields of the one that is chosen. */
export class SlashCommands {
  /** Where the fields are. Hidden while no command is chosen. */
  readonly element = h('div', { class: 'composer-box', hidden: true });
  readonly #ui: Ui;
  readonly #editor: () => Editor;
  /** Brings what is written in line: the field is hidden while a command is filled in. */
  readonly #toggled: (isOpen: boolean) => void;
  #entries: readonly SlashEntry[] = [];
  /** Whether the commands are on their way. */
  #isReading = false;
  #state: ReadyState | undefined;

  constructor(ui: Ui, editor: () => Editor, toggled: (isOpen: boolean) => void) {
    this.#ui = ui;
    this.#editor = editor;
    this.#toggled = toggled;
  }

  /** Commands, for a message that begins with a slash. `look` is called once they are known. */
  source(look: () => void): CompletionSource {
    return (before) => {
      const query = this.#editor().content.startsWith('/') ? slashQuery(before) : undefined;
      if (query === undefined) {
        this.#entries = [];
        return undefined;
      }
      if (this.#entries.length === 0) this.#read(look);
      const suggestions = suggestCommands(this.#entries, query).map((entry) => this.#suggestion(entry));
      return { label: 'Commands', suggestions };
    };
  }

  update(state: ReadyState): void {
    const before = this.#state;
    this.#state = state;
    const moved =
      before !== undefined &&
      (before.channelId !== state.channelId || before.selection.memberId !== state.selection.memberId);
    if (!moved) return;
    this.#entries = [];
    if (!this.element.hidden) this.#close();
  }

  #read(look: () => void): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#ui.actions
      .commands()
      .then(
        (commands) => {
          this.#entries = slashEntries(commands);
          if (this.#entries.length > 0) look();
        },
        // Without commands the message is a message; the page says by itself that the local Discord is away.
        () => undefined,
      )
      .finally(() => {
        this.#isReading = false;
      });
  }

  #suggestion(entry: SlashEntry): Suggestion {
    return {
      attributes: { 'data-command': entry.label },
      children: [
        h('span', { class: 'command-name' }, entry.label),
        h('span', { class: 'completion-about' }, entry.description),
      ],
      take: () => this.#open(entry),
    };
  }

  #open(entry: SlashEntry): void {
    const state = this.#state;
    if (state === undefined) return;
    this.#editor().content = '';
    this.element.hidden = false;
    this.#toggled(true);
    const { actions } = this.#ui;
    const { commandId } = entry;
    const leave = () => {
      this.#close();
      this.#ui.focusComposer();
    };
    render(
      <CommandForm
        entry={entry}
        choices={choicesIn(state)}
        suggest={async (values) => {
          const options = optionInputs(entry, values);
          const outcome = await actions.interact({ kind: 'autocomplete', commandId, options });
          return outcome.kind === 'suggested' ? outcome.choices : [];
        }}
        send={async (values) => {
          const options = optionInputs(entry, values);
          const outcome = await actions.interact({ kind: 'command', commandId, options });
          leave();
          this.#ui.showOutcome(outcome);
        }}
        leave={leave}
      />,
      this.element,
    );
  }

  #close(): void {
    render(null, this.element);
    this.element.hidden = true;
    this.#toggled(false);
  }
}
