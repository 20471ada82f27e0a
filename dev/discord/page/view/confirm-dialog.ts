import { button, h, setText } from './element';

/** What a dialog asks before something that cannot be undone. */
export interface Confirmation {
  readonly title: string;
  readonly about: string;
  /** What it is about, as text. */
  readonly quote: string;
  readonly confirm: string;
  /** Does it. The dialog stays open with the reason when it rejects. */
  act(): Promise<void>;
  /** Called once it is closed, however that came about. */
  closed(): void;
}

/** Asks whether something is really meant. The button that does it has the focus, so that Enter confirms. */
export function askToConfirm(question: Confirmation): void {
  const failure = h('p', { class: 'failure', role: 'alert', hidden: true });
  const confirm = h(
    'button',
    { type: 'submit', class: 'button button-danger', autofocus: true },
    question.confirm,
  );
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', { class: 'dialog-title', id: 'confirm-title' }, question.title),
    h('p', { class: 'dialog-about', id: 'confirm-about' }, question.about),
    h('blockquote', { class: 'dialog-quote' }, question.quote),
    failure,
    h(
      'div',
      { class: 'dialog-buttons' },
      button({ class: 'button' }, () => dialog.close(), 'Cancel'),
      confirm,
    ),
  );
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-about' },
    form,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    confirm.disabled = true;
    question.act().then(
      () => dialog.close(),
      (error: Error) => {
        confirm.disabled = false;
        failure.hidden = false;
        setText(failure, error.message);
      },
    );
  });
  // A click on the backdrop is one on the dialog itself, outside its form.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    question.closed();
  });
  document.body.append(dialog);
  dialog.showModal();
}
