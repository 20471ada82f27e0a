import type {
  APIButtonComponent,
  APIContainerComponent,
  APIMessageTopLevelComponent,
  APISelectMenuComponent,
  APIThumbnailComponent,
} from 'discord-api-types/v10';
import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { RenderContext } from '../../markdown/dom';
import { type Choices, offerOf } from './choices';
import { COMPONENT } from './component-type';
import { MarkdownText } from './markdown-text';
import { SelectField } from './select-field';

interface MessageComponentsProps {
  readonly components: readonly APIMessageTopLevelComponent[];
  readonly markdown: RenderContext;
  readonly choices: Choices;
  /** Uses a button or a select. Rejects with what to tell the member when the app does not respond. */
  use(customId: string, values?: string[]): Promise<void>;
}

/** What every component of one message shares. */
interface Shared extends MessageComponentsProps {
  /** The component that waits for the app. */
  readonly busyId: string | undefined;
}

const SharedContext = createContext<Shared | undefined>(undefined);

function useShared(): Shared {
  const shared = useContext(SharedContext);
  if (shared === undefined) throw new Error('a component of a message stands outside of one');
  return shared;
}

/** The components of a message: buttons, selects, and what arranges them. */
export function MessageComponents(props: MessageComponentsProps) {
  const [busyId, setBusyId] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const use = async (customId: string, values?: string[]) => {
    if (busyId !== undefined) return;
    setBusyId(customId);
    setFailure(undefined);
    try {
      await props.use(customId, values);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    } finally {
      setBusyId(undefined);
    }
  };
  return (
    <SharedContext.Provider value={{ ...props, use, busyId }}>
      <div class="app-components">
        {props.components.map((component) => (
          <Part key={component.id} component={component} />
        ))}
        {failure !== undefined && (
          <p class="app-failure" role="alert">
            {failure}
          </p>
        )}
      </div>
    </SharedContext.Provider>
  );
}

function Part({ component }: { readonly component: APIMessageTopLevelComponent }) {
  const { markdown } = useShared();
  switch (component.type) {
    case COMPONENT.actionRow:
      return (
        <div class="app-row">
          {component.components.map((each) =>
            each.type === COMPONENT.button ? (
              <AppButton key={each.id} button={each} />
            ) : (
              <AppSelect key={each.id} select={each} />
            ),
          )}
        </div>
      );
    case COMPONENT.container:
      return <Container component={component} />;
    case COMPONENT.section:
      return (
        <div class="app-section">
          <div class="app-section-text">
            {component.components.map(({ id, content }) => (
              <MarkdownText key={id} content={content} context={markdown} />
            ))}
          </div>
          {component.accessory.type === COMPONENT.button ? (
            <AppButton button={component.accessory} />
          ) : (
            <Picture item={component.accessory} small />
          )}
        </div>
      );
    case COMPONENT.textDisplay:
      return <MarkdownText content={component.content} context={markdown} />;
    case COMPONENT.mediaGallery:
      return (
        <div class="app-gallery">
          {component.items.map((item) => (
            <Picture key={item.media.url} item={item} />
          ))}
        </div>
      );
    case COMPONENT.file:
      return <FileLink url={component.file.url} filename={component.name} sizeBytes={component.size} />;
    case COMPONENT.separator:
      return component.divider === false ? (
        <div class="app-gap" data-spacing={component.spacing} />
      ) : (
        <hr class="app-gap" data-spacing={component.spacing} />
      );
    default:
      return null;
  }
}

function Container({ component }: { readonly component: APIContainerComponent }) {
  const { accent_color: accent } = component;
  const color =
    accent === null || accent === undefined ? undefined : `#${accent.toString(16).padStart(6, '0')}`;
  return (
    <div
      class="app-container"
      ref={(element) => element?.style.setProperty('--app-accent', color ?? 'var(--line)')}
    >
      {component.components.map((each) => (
        <Part key={each.id} component={each} />
      ))}
    </div>
  );
}

function AppButton({ button }: { readonly button: APIButtonComponent }) {
  const { use, busyId } = useShared();
  if ('sku_id' in button) return null;
  const { label = '', emoji, disabled } = button;
  const face = (
    <>
      {emoji?.name && <span aria-hidden={label === '' ? undefined : 'true'}>{emoji.name}</span>}
      {label}
    </>
  );
  if ('url' in button) {
    return (
      <a class="app-button" data-style="5" href={button.url} target="_blank" rel="noreferrer">
        {face}
      </a>
    );
  }
  const { custom_id: customId, style } = button;
  return (
    <button
      type="button"
      class="app-button"
      data-style={style}
      data-custom-id={customId}
      disabled={disabled}
      aria-busy={busyId === customId}
      tabIndex={-1}
      onClick={() => use(customId)}
    >
      {face}
    </button>
  );
}

function AppSelect({ select }: { readonly select: APISelectMenuComponent }) {
  const { use, choices } = useShared();
  const { offered, chosen } = offerOf(select, choices);
  const { custom_id: customId, placeholder = 'Make a selection', min_values = 1, max_values = 1 } = select;
  return (
    <SelectField
      key={chosen.join()}
      label={placeholder}
      placeholder={placeholder}
      offered={offered}
      chosen={chosen}
      least={min_values}
      most={Math.min(max_values, offered.length)}
      disabled={select.disabled === true}
      tabIndex={-1}
      customId={customId}
      choose={(values) => use(customId, values)}
    />
  );
}

type Pictured = Pick<APIThumbnailComponent, 'media' | 'description'>;

function Picture({ item, small = false }: { readonly item: Pictured; readonly small?: boolean }) {
  return (
    <img class={small ? 'app-thumbnail' : 'app-picture'} src={item.media.url} alt={item.description ?? ''} />
  );
}

/** A file to look at or keep. */
export function FileLink(file: {
  readonly url: string;
  readonly filename?: string | undefined;
  readonly sizeBytes?: number | undefined;
}) {
  const { url, filename = 'file', sizeBytes } = file;
  return (
    <a class="app-file" href={url} download={filename}>
      <span class="app-file-name">{filename}</span>
      {sizeBytes !== undefined && <span class="app-about">{sizeText(sizeBytes)}</span>}
    </a>
  );
}

function sizeText(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KiB`;
}
