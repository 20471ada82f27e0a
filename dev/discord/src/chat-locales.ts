/** The languages that a member's client can have here, as Discord writes them. */
export const CHAT_LOCALES = ['en-US', 'de', 'fr', 'es-ES', 'pt-BR'] as const;

export type ChatLocale = (typeof CHAT_LOCALES)[number];
