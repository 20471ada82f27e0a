import { h } from './element';
import { type DialogQuestion, openFormDialog } from './form-dialog';

/** What a dialog asks. */
export interface NameQuestion extends Pick<DialogQuestion, 'title' | 'about'> {
  readonly label: string;
  readonly placeholder: string;
  readonly confirm: string;
  /** Makes it. The dialog stays open with the reason when it rejects. */
  make(name: string): Promise<void>;
}

const MAX_NAME_LENGTH = 100;

/** Asks for the name of something new. */
export function askName({ title, about, label, placeholder, confirm, make }: NameQuestion): void {
  const input = h('input', {
    class: 'field',
    name: 'name',
    required: true,
    maxlength: MAX_NAME_LENGTH,
    placeholder,
    autocomplete: 'off',
  });
  openFormDialog({
    title,
    about,
    content: h('label', { class: 'field-label' }, label, input),
    confirm: h('button', { type: 'submit', class: 'button button-primary' }, confirm),
    act: () => make(input.value.trim()),
    failed: () => input.focus(),
  });
}
