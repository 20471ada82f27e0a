CREATE TABLE "subject_name" (
	"guild_id" bigint NOT NULL,
	"subject" text COLLATE "C" NOT NULL,
	"display" text NOT NULL,
	CONSTRAINT "subject_name_guild_id_subject_pk" PRIMARY KEY("guild_id","subject")
);
--> statement-breakpoint
-- What a name is found by: a number for each three characters in a row (21 bits for each code point), and one for its
-- server, below zero. So the rare three characters of a large server and the many names of others share an index, and a
-- search reads the entries that they have in common. Built-in parts alone: no extension has to be there, or be allowed.
CREATE FUNCTION "subject_name_grams"("guild_id" bigint, "subject" text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT array_append(
		array_agg(
			ascii(substr(subject, place, 1))::bigint << 42
			| ascii(substr(subject, place + 1, 1))::bigint << 21
			| ascii(substr(subject, place + 2, 1))::bigint
		),
		-guild_id
	)
	FROM generate_series(1, length(subject) - 2) AS place
$$;
--> statement-breakpoint
CREATE FUNCTION "subject_name_add"() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO public.subject_name (guild_id, subject, display)
	SELECT guild_id, subject, display FROM added WHERE subject NOT LIKE '<@%' ORDER BY guild_id, subject
	ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE FUNCTION "subject_name_remove"() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	DELETE FROM public.subject_name AS name USING removed
	WHERE name.guild_id = removed.guild_id AND name.subject = removed.subject;
	RETURN NULL;
END
$$;
--> statement-breakpoint
-- Only what a statement inserts, not what its ON CONFLICT updates: a change of known subjects costs the call alone. From
-- here on nobody writes karma until this migration is committed, so none is missed.
CREATE TRIGGER "subject_name_add" AFTER INSERT ON "karma" REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION "subject_name_add"();
--> statement-breakpoint
CREATE TRIGGER "subject_name_remove" AFTER DELETE ON "karma" REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION "subject_name_remove"();
--> statement-breakpoint
INSERT INTO "subject_name" ("guild_id", "subject", "display")
SELECT "guild_id", "subject", "display" FROM "karma" WHERE "subject" NOT LIKE '<@%' ORDER BY "guild_id", "subject";
--> statement-breakpoint
CREATE INDEX "subject_name_grams" ON "subject_name" USING gin (subject_name_grams("guild_id", "subject")) WITH (gin_pending_list_limit=256);
