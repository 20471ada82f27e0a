/** The bare layers: what one Bun process gets from one server when it does nothing else. */
export const LAYERS = {
  publish: 'publish + PubAck',
  consume: 'consume + ack',
  apply: 'apply, one statement for 500',
  rest: 'REST: post a message',
} as const;

export type Layer = keyof typeof LAYERS;

/** Who changes karma where a layer is measured. */
export type PopulationName = 'busy-town' | 'names-apart' | 'names-together';

/** What the process that measures a layer is told, as JSON. */
export type LayerOrder =
  | { layer: 'publish'; count: number; natsUrl: string }
  | { layer: 'consume'; count: number; natsUrl: string }
  | { layer: 'apply'; count: number; databaseUrl: string; population: PopulationName }
  | {
      layer: 'rest';
      count: number;
      apiUrl: string;
      token: string;
      channelIds: string[];
      /** Without the 50 a second that Discord allows a bot, and that discord.js keeps to by itself. */
      isUnlimited: boolean;
    };
