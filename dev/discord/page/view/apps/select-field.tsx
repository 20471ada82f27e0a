import { useId, useState } from 'preact/hooks';
import type { Choice } from './choices';

interface SelectFieldProps {
  readonly label: string;
  /** Shown while nothing is chosen. */
  readonly placeholder: string;
  readonly offered: readonly Choice[];
  readonly chosen: readonly string[];
  readonly least: number;
  readonly most: number;
  readonly disabled: boolean;
  /** For components of messages, which the arrow keys reach first. */
  readonly tabIndex?: number;
  readonly customId: string;
  /** Called with every choice of one, and when several are confirmed. */
  choose(values: string[]): void;
}

/** Lets one choose one of a few, or several. */
export function SelectField(props: SelectFieldProps) {
  return props.most > 1 ? <ManyField {...props} /> : <OneField {...props} />;
}

function OneField(props: SelectFieldProps) {
  const { label, placeholder, offered, chosen, least, disabled, tabIndex, customId, choose } = props;
  const [value = ''] = chosen;
  return (
    <select
      class="field app-select"
      aria-label={label}
      data-custom-id={customId}
      disabled={disabled}
      tabIndex={tabIndex}
      value={value}
      onChange={({ currentTarget }) => choose(currentTarget.value === '' ? [] : [currentTarget.value])}
    >
      {(value === '' || least === 0) && <option value="">{placeholder}</option>}
      {offered.map((choice) => (
        <option key={choice.value} value={choice.value} selected={choice.value === value}>
          {choice.about === undefined ? choice.label : `${choice.label} — ${choice.about}`}
        </option>
      ))}
    </select>
  );
}

function ManyField(props: SelectFieldProps) {
  const { label, placeholder, offered, chosen, least, most, disabled, tabIndex, customId, choose } = props;
  const [picked, setPicked] = useState<readonly string[]>(chosen);
  const name = useId();
  const toggle = (value: string) =>
    setPicked(picked.includes(value) ? picked.filter((one) => one !== value) : [...picked, value]);
  const labels = offered.filter(({ value }) => picked.includes(value)).map((choice) => choice.label);
  return (
    <details class="app-many" data-custom-id={customId}>
      <summary
        class="field app-select"
        tabIndex={tabIndex}
        aria-label={`${label}: ${labels.join(', ') || 'nothing'}`}
      >
        {labels.join(', ') || placeholder}
      </summary>
      <fieldset class="app-many-list" disabled={disabled}>
        <legend class="visually-hidden">{label}</legend>
        {offered.map(({ value, label: text, about }) => (
          <label key={value} class="app-check">
            <input
              type="checkbox"
              name={name}
              value={value}
              checked={picked.includes(value)}
              disabled={!picked.includes(value) && picked.length >= most}
              onChange={() => toggle(value)}
            />
            <span>{text}</span>
            {about && <span class="app-about">{about}</span>}
          </label>
        ))}
        <button
          type="button"
          class="button button-primary"
          disabled={picked.length < least}
          onClick={(event) => {
            const list = event.currentTarget.closest('details');
            if (list) list.open = false;
            choose([...picked]);
          }}
        >
          Apply
        </button>
      </fieldset>
    </details>
  );
}
