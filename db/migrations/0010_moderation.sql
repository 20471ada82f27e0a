CREATE TABLE "audit" (
	"guild_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"request_id" text COLLATE "C" NOT NULL,
	"kind" text NOT NULL,
	"user_id" bigint,
	"operator" text,
	"target" text NOT NULL,
	"details" jsonb NOT NULL,
	"reason" text,
	CONSTRAINT "audit_guild_id_at_request_id_pk" PRIMARY KEY("guild_id","at","request_id")
);
--> statement-breakpoint
ALTER TABLE "ledger" DROP CONSTRAINT "ledger_kind";--> statement-breakpoint
ALTER TABLE "ledger" ADD CONSTRAINT "ledger_kind" CHECK ("ledger"."kind" IN ('change-karma', 'change-setting', 'undo', 'undo-deleted', 'adjust', 'block', 'unblock', 'merge', 'remove'));--> statement-breakpoint
-- Takes the row of a subject away, and its name with it, and returns what it had; no row where there is no such subject. svc may
-- call it, and so needs no right to remove what members have, but one subject at a time. With "told", just that much is taken, and
-- the row only when nothing is left: what a replay adds before or after it then does not matter.
CREATE FUNCTION "take_karma"("guild" bigint, "key" text, "told" bigint)
RETURNS TABLE ("shown" text, "had" bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF told IS NULL THEN
		RETURN QUERY
		DELETE FROM public.karma AS score WHERE score.guild_id = guild AND score.subject = key COLLATE "C"
		RETURNING score.display, score.karma;
		RETURN;
	END IF;
	RETURN QUERY
	INSERT INTO public.karma AS score (guild_id, subject, display, karma) VALUES (guild, key, key, -told)
	ON CONFLICT (guild_id, subject) DO UPDATE SET karma = score.karma + excluded.karma
	RETURNING score.display, told;
	DELETE FROM public.karma AS score
	WHERE score.guild_id = guild AND score.subject = key COLLATE "C" AND score.karma = 0;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "take_karma"(bigint, text, bigint) FROM PUBLIC;--> statement-breakpoint
-- Gives what a subject has to another, and takes its row away as take_karma does. Returns what it had, and the other as it is then;
-- no row where there is no such subject. First both rows are locked in order of their keys, as whoever changes karma locks them; one
-- that is not there yet is made for that, or who makes it meanwhile could wait for this one, and this one for them.
CREATE FUNCTION "merge_karma"("guild" bigint, "from_key" text, "into_key" text, "into_name" text, "told" bigint)
RETURNS TABLE ("from_shown" text, "had" bigint, "into_shown" text, "has" bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF told IS NULL AND NOT EXISTS (
		SELECT FROM public.karma AS score WHERE score.guild_id = guild AND score.subject = from_key COLLATE "C"
	) THEN
		RETURN;
	END IF;
	INSERT INTO public.karma AS score (guild_id, subject, display, karma)
	SELECT guild, name.key COLLATE "C", name.shown, 0
	FROM (VALUES (from_key, from_key), (into_key, into_name)) AS name (key, shown)
	ORDER BY 2
	ON CONFLICT (guild_id, subject) DO UPDATE SET karma = score.karma;
	SELECT taken.shown, taken.had INTO from_shown, had FROM public.take_karma(guild, from_key, told) AS taken;
	UPDATE public.karma AS score SET karma = score.karma + had
	WHERE score.guild_id = guild AND score.subject = into_key COLLATE "C"
	RETURNING score.display, score.karma INTO into_shown, has;
	RETURN NEXT;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "merge_karma"(bigint, text, text, text, bigint) FROM PUBLIC;
