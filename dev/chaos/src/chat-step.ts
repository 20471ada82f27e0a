import type { SeededRandom } from './random';
import { FULL_SUBJECT, type Place, type Profile, type Topology } from './topology';

export interface Change {
  readonly subject: string;
  readonly delta: number;
}

/** What a message must come to. */
export type Effect =
  /** Karma changes; whether a reply follows is up to the guild. */
  | { readonly kind: 'change'; readonly changes: readonly Change[] }
  /** Postgres refuses it: no karma changes, no reply, one dead letter. */
  | { readonly kind: 'refused' }
  /** One reply with a line for each subject. */
  | { readonly kind: 'karma'; readonly subjects: readonly string[] }
  /** One reply with a board. */
  | { readonly kind: 'board' }
  /** One reaction, and the guild's choice is this unless a later message changes it. */
  | { readonly kind: 'announce'; readonly announce: boolean }
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

const CHATTER = ['good morning', 'C++ is fun', 'see `i++` there', 'what about 2024--2025?'];

interface Written {
  readonly content: string;
  readonly effect: Effect;
}

function written({ subject, delta }: Change): string {
  const name = subject.includes(' ') ? `(${subject})` : subject;
  return Array.from({ length: Math.abs(delta) }, () => `${name}${delta > 0 ? '++' : '--'}`).join(' ');
}

function change(changes: readonly Change[]): Written {
  return { content: changes.map(written).join(', '), effect: { kind: 'change', changes } };
}

function someChanges(random: SeededRandom): Written {
  const subjects = random.shuffle(SUBJECTS).slice(0, random.between(1, 3));
  return change(
    subjects.map((subject) => ({ subject, delta: random.chance(0.35) ? -1 : random.between(1, 3) })),
  );
}

function onePoint(random: SeededRandom): Written {
  return change([{ subject: random.pick(SUBJECTS), delta: 1 }]);
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

function refused(random: SeededRandom): Written {
  // Its neighbour in the message must not count either: a request is applied whole or not at all.
  return {
    content: `(${FULL_SUBJECT})++ ${random.pick(SUBJECTS.slice(0, 3))}++`,
    effect: { kind: 'refused' },
  };
}

function writtenBy(profile: Profile, random: SeededRandom, botId: string): Written {
  if (random.chance(0.05)) return { content: random.pick(CHATTER), effect: { kind: 'nothing' } };
  switch (profile) {
    case 'loud':
      return onePoint(random);
    case 'quiet':
      return random.chance(0.5) ? onePoint(random) : someChanges(random);
    case 'moody':
      return random.chance(0.08) ? announcement(random, botId) : someChanges(random);
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
  const { content, effect } = writtenBy(place.profile, random, topology.botId);
  const channelId = random.pick(place.channelIds);
  const anybody = random.pick(topology.people);
  const authorId = effect.kind === 'announce' ? (topology.people[0] ?? anybody) : anybody;
  return { guildId: place.guildId, channelId, authorId, content, effect };
}
