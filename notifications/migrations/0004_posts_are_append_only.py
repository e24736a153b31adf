"""What was written stays as it was written: a post can only be emptied, and is never taken out."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION notifications_post_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of a post is refused: it can only be emptied', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER post_stays BEFORE DELETE ON notifications_post
    FOR EACH ROW EXECUTE FUNCTION notifications_post_refuse();
CREATE TRIGGER post_append_only BEFORE UPDATE ON notifications_post
    FOR EACH ROW WHEN (
        NEW.body <> ''
        OR (NEW.id, NEW.thread_id, NEW.number, NEW.side, NEW.event_id, NEW.at)
            IS DISTINCT FROM (OLD.id, OLD.thread_id, OLD.number, OLD.side, OLD.event_id, OLD.at)
        OR (NEW.author_id IS NOT NULL AND NEW.author_id IS DISTINCT FROM OLD.author_id)
    ) EXECUTE FUNCTION notifications_post_refuse();
"""
BACKWARD = """
DROP TRIGGER post_append_only ON notifications_post;
DROP TRIGGER post_stays ON notifications_post;
DROP FUNCTION notifications_post_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_conversation")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
