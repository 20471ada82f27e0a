import { h } from './element';
import { type DialogQuestion, openFormDialog } from './form-dialog';

/** What a dialog asks before something that cannot be undone. */
export interface Confirmation extends Pick<DialogQuestion, 'title' | 'about' | 'act' | 'closed'> {
  /** What it is about, as text. */
  readonly quote: string;
  readonly confirm: string;
}

/** Asks whether something is really meant. The button that does it has the focus, so that Enter confirms. */
export function askToConfirm({ quote, confirm, ...question }: Confirmation): void {
  openFormDialog({
    ...question,
    content: h('blockquote', { class: 'dialog-quote' }, quote),
    confirm: h('button', { type: 'submit', class: 'button button-danger', autofocus: true }, confirm),
  });
}
