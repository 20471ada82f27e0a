/** The bare layers: what one Bun process gets from one server when it does nothing else. */
export const LAYERS = {
  publish: 'publish + PubAck',
  consume: 'consume + ack',
  apply: 'apply, one statement for 500, preset default',
  rest: 'REST: post a message',
} as const;

export type Layer = keyof typeof LAYERS;

/** Who changes karma where a layer is measured. */
export type PopulationName =
  | 'busy-servers'
  | 'busy-servers-of-members'
  | 'one-giver'
  | 'many-servers'
  | 'names-apart'
  | 'names-together';

/**
 * By which rules changes count: those of the preset `default`, the same but for a quota that nobody reaches, none (but the journal
 * is written), or as it was before there were rules and a journal.
 */
export type AppliedBy = 'default' | 'default-without-quota' | 'none' | 'before-rules';

/** What the process that measures a layer is told, as JSON. */
export type LayerOrder =
  | { layer: 'publish'; count: number; natsUrl: string }
  | { layer: 'consume'; count: number; natsUrl: string }
  | {
      layer: 'apply';
      count: number;
      databaseUrl: string;
      population: PopulationName;
      by: AppliedBy;
      /** Which of several workers on the same database it is, from 0. */
      worker?: number;
    }
  | {
      layer: 'rest';
      count: number;
      apiUrl: string;
      token: string;
      channelIds: string[];
      /** Without the 50 a second that Discord allows a bot, and that discord.js keeps to by itself. */
      isUnlimited: boolean;
    };
