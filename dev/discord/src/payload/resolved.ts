import type { APIInteractionDataResolved, APIMessage } from 'discord-api-types/v10';
import type { Attachment } from '../world/file';
import type { Channel, Guild, Member, Message } from '../world/model';
import type { World } from '../world/world';
import { attachmentPayload } from './attachment';
import { channelPayload } from './channel';
import { rolePayloads } from './guild';
import { messagePayload } from './message';
import { botPermissions, memberPermissions } from './permissions';
import { memberPayload, userPayload } from './user';

type ResolvedData = APIInteractionDataResolved & { messages?: Record<string, APIMessage> };

/** Collects what the ids in an interaction stand for. */
export class Resolved {
  readonly #data: ResolvedData = {};

  constructor(
    private readonly world: World,
    private readonly guild: Guild | undefined,
    /** Who uses it: for what they may do in a channel. */
    private readonly userId: string,
  ) {}

  /** What was collected; nothing where there was none. */
  get fields(): { resolved?: ResolvedData } {
    return Object.keys(this.#data).length === 0 ? {} : { resolved: this.#data };
  }

  addMember(member: Member): void {
    this.#data.users = { ...this.#data.users, [member.id]: userPayload(member) };
    if (!this.guild) return;
    const payload = {
      ...memberPayload(this.guild, member.id),
      permissions: memberPermissions(this.guild, member.id),
    };
    this.#data.members = { ...this.#data.members, [member.id]: payload };
  }

  addRole(roleId: string): void {
    const role = this.guild && rolePayloads(this.guild).find(({ id }) => id === roleId);
    if (role) this.#data.roles = { ...this.#data.roles, [roleId]: role };
  }

  addChannel(channel: Channel): void {
    const { id, type, name } = channelPayload(this.world, channel);
    const payload = {
      id,
      type,
      name: name ?? '',
      permissions: this.guild ? memberPermissions(this.guild, this.userId) : '0',
      app_permissions: botPermissions(channel),
      ...(channel.parentId === null ? {} : { parent_id: channel.parentId }),
    };
    // Discord's types tell threads from other channels by `type`, which is one of both here.
    const channels = { ...this.#data.channels, [id]: payload };
    this.#data.channels = channels as NonNullable<ResolvedData['channels']>;
  }

  addAttachment(attachment: Attachment): void {
    const payload = { ...attachmentPayload(this.world, attachment), ephemeral: true };
    this.#data.attachments = { ...this.#data.attachments, [attachment.id]: payload };
  }

  /** With its content, whether or not the app has the intent for it. */
  addMessage(message: Message): void {
    this.#data.messages = { ...this.#data.messages, [message.id]: messagePayload(this.world, message) };
  }
}
