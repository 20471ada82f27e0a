import { DefaultRestOptions } from 'discord.js';

/*
 * Preloaded into a bot: discord.js no longer keeps to the 50 requests a second that Discord allows a bot by default, to
 * see what stands behind that limit.
 */
Object.assign(DefaultRestOptions, { globalRequestsPerSecond: Number.POSITIVE_INFINITY });
