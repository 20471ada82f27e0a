/** A piece of a line: what Discord's markdown makes of it, without saying how it looks. */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'strong' | 'emphasis' | 'underline' | 'strike' | 'spoiler';
      readonly children: readonly Inline[];
    }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'code-block'; readonly language: string; readonly text: string }
  /** Only ever `http:` or `https:`. */
  | { readonly type: 'link'; readonly url: string; readonly children: readonly Inline[] }
  | { readonly type: 'user' | 'channel' | 'role'; readonly id: string }
  | { readonly type: 'everyone'; readonly name: 'everyone' | 'here' }
  | { readonly type: 'emoji'; readonly name: string; readonly id: string }
  | { readonly type: 'time'; readonly atMs: number; readonly relative: boolean };

/** What stands on lines of its own. */
export type Block =
  | { readonly type: 'paragraph' | 'subtext'; readonly children: readonly Inline[] }
  | { readonly type: 'heading'; readonly level: 1 | 2 | 3; readonly children: readonly Inline[] }
  | { readonly type: 'quote'; readonly children: readonly Block[] }
  /** One line of a list; `marker` is `•` or the number as written (`3.`), `depth` counts from 0. */
  | {
      readonly type: 'item';
      readonly depth: number;
      readonly marker: string;
      readonly children: readonly Inline[];
    };
