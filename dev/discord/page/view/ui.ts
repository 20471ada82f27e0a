import type { ChatMessage } from '../../src/chat-contract';
import type { Outcome } from '../../src/interaction-contract';
import type { Actions } from '../actions';
import type { PageState } from '../store';

/** What components of the page ask of each other. */
export interface Ui {
  readonly actions: Actions;
  /** Shows a member, with what one can do, beside the element that was clicked. */
  openPerson(id: string, anchor: HTMLElement): void;
  /** Lets one choose an emoji beside the element that was clicked. */
  pickEmoji(anchor: HTMLElement, picked: (emoji: string) => void): void;
  /** Lists things to try beside the element that was clicked. */
  openHints(anchor: HTMLElement): void;
  /** Puts a mention where the caret is in the message being written. */
  mention(id: string): void;
  /** Puts text (as Discord stores it, mentions as `<@id>`) into the message being written, in place of what is there. */
  compose(content: string): void;
  focusComposer(): void;
  /** Shows what came of using a command or a component, where it is a form. */
  showOutcome(outcome: Outcome): void;
  /** Asks whether a message is to be deleted, and deletes it. */
  deleteMessage(message: ChatMessage): void;
  /** Scrolls to a message and makes it flash, reading back as far as needed. */
  showMessage(id: string): void;
  /** Asks for the name of something new and makes it. */
  addMember(): void;
  addGuild(): void;
  addChannel(guildId: string): void;
  /** Shows or hides the members, and on a narrow screen the channels. */
  toggleMembers(): void;
  toggleDrawer(open: boolean): void;
}

/** The page once there is something to show. */
export type ReadyState = PageState & {
  readonly world: NonNullable<PageState['world']>;
  readonly selection: NonNullable<PageState['selection']>;
};

/** Whether the world is known and somebody is there to look through. */
export function isReady(state: PageState): state is ReadyState {
  return state.world !== undefined && state.selection !== undefined;
}

/** Whether the bot is connected, as far as is known: of a server that is away nothing is. */
export function isBotOnline({ world, connection }: ReadyState): boolean {
  return world.bot.online && connection === 'online';
}

/** A component of the page. */
export interface Component {
  readonly element: HTMLElement;
  update(state: ReadyState): void;
}
