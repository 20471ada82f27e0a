import type { APIMessageTopLevelComponent } from 'discord-api-types/v10';
import { render } from 'preact';
import type { ChatAttachment, ChatMessage } from '../../../src/chat-contract';
import type { RenderContext } from '../../markdown/dom';
import type { ReadyState, Ui } from '../ui';
import { choicesIn } from './choices';
import { FileLink, MessageComponents } from './message-components';

/** After this, nobody can write a reply that was only announced. */
const REPLY_AGE_MS = 15 * 60 * 1000;

/** What a bot's message has below its text: components, files, that it is still to come, and that nobody else sees it. */
export function showAppContent(
  place: HTMLElement,
  message: ChatMessage,
  markdown: RenderContext,
  state: ReadyState,
  ui: Ui,
): void {
  const { components = [], attachments = [], isAnnounced, visibleTo } = message;
  const isEmpty =
    components.length === 0 && attachments.length === 0 && !isAnnounced && visibleTo === undefined;
  place.hidden = isEmpty;
  if (isEmpty) {
    render(null, place);
    return;
  }
  const use = async (customId: string, values?: string[]) => {
    const selection = values === undefined ? {} : { values };
    const outcome = await ui.actions.interact({
      kind: 'component',
      messageId: message.id,
      customId,
      ...selection,
    });
    ui.showOutcome(outcome);
  };
  render(
    <>
      {isAnnounced && <Announced at={message.at} name={message.author.name} />}
      {components.length > 0 && (
        <MessageComponents
          // The local Discord has checked and completed them.
          components={components as unknown as APIMessageTopLevelComponent[]}
          markdown={markdown}
          choices={choicesIn(state)}
          use={use}
        />
      )}
      {isV2(message) || attachments.map((attachment) => <File key={attachment.id} attachment={attachment} />)}
      {visibleTo !== undefined && (
        <p class="app-ephemeral">
          Only you can see this ·{' '}
          <button type="button" class="link-button" tabIndex={-1} onClick={() => ui.actions.dismiss(message)}>
            Dismiss message
          </button>
        </p>
      )}
    </>,
    place,
  );
}

/** Whether the message is all components: then its files are where a component shows them. */
function isV2({ content, components = [] }: ChatMessage): boolean {
  return content === '' && components.some(({ type }) => type !== 1);
}

function Announced({ at, name }: { readonly at: string; readonly name: string }) {
  if (Date.now() - Date.parse(at) > REPLY_AGE_MS)
    return <p class="app-failure">The application did not respond.</p>;
  return (
    <p class="app-announced" data-component="announced">
      <span class="typing-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {name} is thinking…
    </p>
  );
}

function File({ attachment }: { readonly attachment: ChatAttachment }) {
  const { url, filename, contentType, sizeBytes, description } = attachment;
  if (contentType.startsWith('image/')) return <img class="app-picture" src={url} alt={description} />;
  return <FileLink url={url} filename={filename} sizeBytes={sizeBytes} />;
}
