import { button, h, setText } from './element';

/** A dialog that asks something before it does it. */
export interface DialogQuestion {
  readonly title: string;
  readonly about: string;
  /** What stands between the text and the buttons. */
  readonly content: HTMLElement;
  /** The button that does it. */
  readonly confirm: HTMLButtonElement;
  /** Does it. The dialog stays open with the reason when it rejects. */
  act(): Promise<void>;
  /** Called when it has rejected, and the reason is shown. */
  failed?(): void;
  /** Called once it is closed, however that came about. */
  closed?(): void;
}

/** Opens a dialog with a way to cancel: a button, Escape, and a click beside it. */
export function openFormDialog({
  title,
  about,
  content,
  confirm,
  act,
  failed,
  closed,
}: DialogQuestion): void {
  const failure = h('p', { class: 'failure', role: 'alert', hidden: true });
  const cancel = button({ class: 'button' }, () => dialog.close(), 'Cancel');
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', { class: 'dialog-title', id: 'dialog-title' }, title),
    h('p', { class: 'dialog-about', id: 'dialog-about' }, about),
    content,
    failure,
    h('div', { class: 'dialog-buttons' }, cancel, confirm),
  );
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'dialog-title', 'aria-describedby': 'dialog-about' },
    form,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    confirm.disabled = true;
    act().then(
      () => dialog.close(),
      (error: Error) => {
        confirm.disabled = false;
        failure.hidden = false;
        setText(failure, error.message);
        failed?.();
      },
    );
  });
  // A click on the backdrop is one on the dialog itself, outside its form.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    closed?.();
  });
  document.body.append(dialog);
  dialog.showModal();
}
