import { button, h, setText } from './element';

/** What a dialog asks. */
export interface NameQuestion {
  readonly title: string;
  readonly about: string;
  readonly label: string;
  readonly placeholder: string;
  readonly confirm: string;
  /** Makes it. The dialog stays open with the reason when it rejects. */
  make(name: string): Promise<void>;
}

const MAX_NAME_LENGTH = 100;

/** Asks for the name of something new. */
export function askName(question: NameQuestion): void {
  const input = h('input', {
    class: 'field',
    name: 'name',
    required: true,
    maxlength: MAX_NAME_LENGTH,
    placeholder: question.placeholder,
    autocomplete: 'off',
  });
  const failure = h('p', { class: 'failure', role: 'alert', hidden: true });
  const confirm = h('button', { type: 'submit', class: 'button button-primary' }, question.confirm);
  const cancel = button({ class: 'button' }, () => dialog.close(), 'Cancel');
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', { class: 'dialog-title', id: 'dialog-title' }, question.title),
    h('p', { class: 'dialog-about' }, question.about),
    h('label', { class: 'field-label' }, question.label, input),
    failure,
    h('div', { class: 'dialog-buttons' }, cancel, confirm),
  );
  const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title' }, form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    confirm.disabled = true;
    question.make(input.value.trim()).then(
      () => dialog.close(),
      (error: Error) => {
        confirm.disabled = false;
        failure.hidden = false;
        setText(failure, error.message);
        input.focus();
      },
    );
  });
  // A click on the backdrop is one on the dialog itself, outside its form.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
