import type { SeededRandom } from './random';
import { FULL_SUBJECT, type Place, type Profile, type Topology } from './topology';

export interface Change {
  readonly subject: string;
  readonly delta: number;
  readonly reason?: string;
}

/** What a message must come to. */
export type Effect =
  /** Karma changes as far as the guild's rules let it; whether a reply follows is up to the guild. */
  | { readonly kind: 'change'; readonly changes: readonly Change[] }
  /** Postgres refuses it: no karma changes, no reply, one dead letter. */
  | { readonly kind: 'refused' }
  /** One reply with a line for each subject. */
  | { readonly kind: 'karma'; readonly subjects: readonly string[] }
  /** One reply with a board. */
  | { readonly kind: 'board' }
  /** One reaction, and the guild's choice is this unless a later message changes it. */
  | { readonly kind: 'announce'; readonly announce: boolean }
  /** The author's last change is taken back, if there is one; one reply says so. */
  | { readonly kind: 'undo' }
  /** Nothing at all. */
  | { readonly kind: 'nothing' };

/** A message that a member is about to write. */
export interface ChatStep {
  readonly guildId: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly content: string;
  readonly effect: Effect;
}

// Few, so that workers meet on the same rows.
const SUBJECTS = ['ada', 'grace', 'edsger', 'the build', 'coffee'];

/** More than a run fills to their limit of a day. */
const MORE_SUBJECTS = Array.from({ length: 40 }, (_, index) => `thing ${index}`);

const UNDO_CHANCE = 0.06;
const REASON_CHANCE = 0.3;
const REASONS = ['the review', 'C++ and `rm -rf`', 'being late, again', '🍕', 'all of it :)'];

/** Whether somebody writes who does so seldom. */
const NEWCOMER_CHANCE = 0.5;
const SPREE_SIZES = [6, 14] as const;

const CHATTER = ['good morning', 'C++ is fun', 'see `i++` there', 'what about 2024--2025?'];

interface Written {
  readonly content: string;
  readonly effect: Effect;
}

function written({ subject, delta }: Change): string {
  const name = subject.includes(' ') ? `(${subject})` : subject;
  const operator = `${subject.startsWith('<') ? ' ' : ''}${delta > 0 ? '++' : '--'}`;
  return Array.from({ length: Math.abs(delta) }, () => name + operator).join(' ');
}

/** Changes in one message, now and then with a reason, which is that of all of them. */
function change(random: SeededRandom, changes: readonly Change[]): Written {
  const content = changes.map(written).join(', ');
  if (!random.chance(REASON_CHANCE)) return { content, effect: { kind: 'change', changes } };
  const reason = random.pick(REASONS);
  return {
    content: `${content} for ${reason}`,
    effect: { kind: 'change', changes: changes.map((one) => ({ ...one, reason })) },
  };
}

function someChanges(random: SeededRandom, most = 3, among = SUBJECTS): Written {
  const subjects = random.shuffle(among).slice(0, random.between(1, 3));
  return change(
    random,
    subjects.map((subject) => ({ subject, delta: random.chance(0.35) ? -1 : random.between(1, most) })),
  );
}

function onePoint(random: SeededRandom): Written {
  return change(random, [{ subject: random.pick(SUBJECTS), delta: 1 }]);
}

/** Changes of a member's karma, of one's own, or of a bot's: maybe with something else in the same message. */
function ofMembers(random: SeededRandom, authorId: string, { people, robots }: Topology): Written {
  const roll = random.next();
  const member = roll < 0.2 ? authorId : roll < 0.35 ? random.pick(robots) : random.pick(people);
  const one = { subject: `<@${member}>`, delta: random.chance(0.2) ? -1 : random.between(1, 3) };
  return change(random, random.chance(0.3) ? [one, { subject: random.pick(SUBJECTS), delta: 1 }] : [one]);
}

/** What limits are about: members, things, and more at once than counts. */
function limitedChanges(random: SeededRandom, authorId: string, topology: Topology): Written {
  if (random.chance(0.4)) return ofMembers(random, authorId, topology);
  return someChanges(random, 4, random.chance(0.5) ? SUBJECTS : MORE_SUBJECTS);
}

function karma(random: SeededRandom, botId: string): Written {
  const subjects = random.shuffle(SUBJECTS).slice(0, 2);
  const names = subjects.map((subject) => (subject.includes(' ') ? `(${subject})` : subject));
  return { content: `<@${botId}> karma ${names.join(' ')}`, effect: { kind: 'karma', subjects } };
}

function board(random: SeededRandom, botId: string): Written {
  const content = `<@${botId}> ${random.pick(['top', 'bot'])} ${random.between(1, 5)}`;
  return { content, effect: { kind: 'board' } };
}

/** What turns announcements on or off. */
export function announceText(botId: string, announce: boolean): string {
  return `<@${botId}> announce ${announce ? 'on' : 'off'}`;
}

function announcement(random: SeededRandom, botId: string): Written {
  const announce = random.chance(0.5);
  return { content: announceText(botId, announce), effect: { kind: 'announce', announce } };
}

function undo(botId: string): Written {
  return { content: `<@${botId}> undo`, effect: { kind: 'undo' } };
}

function refused(random: SeededRandom): Written {
  // Its neighbour in the message must not count either: a request is applied whole or not at all.
  return {
    content: `(${FULL_SUBJECT})++ ${random.pick(SUBJECTS.slice(0, 3))}++`,
    effect: { kind: 'refused' },
  };
}

function writtenBy(profile: Profile, random: SeededRandom, authorId: string, topology: Topology): Written {
  const { botId } = topology;
  if (random.chance(0.05)) return { content: random.pick(CHATTER), effect: { kind: 'nothing' } };
  if (profile !== 'loud' && random.chance(UNDO_CHANCE)) return undo(botId);
  switch (profile) {
    case 'loud':
      return onePoint(random);
    case 'quiet':
      return random.chance(0.5) ? onePoint(random) : someChanges(random);
    case 'moody':
      if (random.chance(0.08)) return announcement(random, botId);
      return random.chance(0.3) ? ofMembers(random, authorId, topology) : someChanges(random, 7);
    case 'limited':
      return limitedChanges(random, authorId, topology);
    case 'curious': {
      const roll = random.next();
      if (roll < 0.12) return karma(random, botId);
      if (roll < 0.2) return board(random, botId);
      if (roll < 0.24) return refused(random);
      return someChanges(random);
    }
  }
}

/** The next message; more than half of them in loud guilds, where an error is easiest to see. */
export function nextChatStep(random: SeededRandom, topology: Topology): ChatStep {
  const loud = topology.places.filter(({ profile }) => profile === 'loud');
  const place = random.chance(0.4) ? random.pick(loud) : random.pick(topology.places);
  return chatStepIn(place, random, topology);
}

/** The next message in one guild. */
export function chatStepIn(place: Place, random: SeededRandom, topology: Topology): ChatStep {
  const anybody = random.pick(random.chance(NEWCOMER_CHANCE) ? topology.newcomers : topology.people);
  const { content, effect } = writtenBy(place.profile, random, anybody, topology);
  const channelId = random.pick(place.channelIds);
  const authorId = effect.kind === 'announce' ? (topology.people[0] ?? anybody) : anybody;
  return { guildId: place.guildId, channelId, authorId, content, effect };
}

/** What one member writes at once where that is more than counts: whoever reads what counted before it is applied is wrong. */
export function spree(random: SeededRandom, topology: Topology): ChatStep[] {
  const { guildId, channelIds } = random.pick(topology.places.filter(({ profile }) => profile === 'limited'));
  const authorId = random.pick(topology.newcomers);
  const channelId = random.pick(channelIds);
  return Array.from({ length: random.between(...SPREE_SIZES) }, () => {
    return { guildId, channelId, authorId, ...limitedChanges(random, authorId, topology) };
  });
}
