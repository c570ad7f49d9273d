"""Format 2: staff, PINs, signatures, log book, and the audit chain over every row.

What format 1 holds goes into the chain as it is, one entry for each procedure.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import context, op

from guidance_app.records.chain import append
from guidance_app.records.migrations.triggers import Kept, keep_in_postgresql, keep_in_sqlite
from guidance_app.records.schema import UTC_TEXT

revision = "0002"
down_revision = "0001"

KIND = "taken over from format 1"

FIXED_OF_PROCEDURES = (
    "id session_id procedure patient side template_version template_digest working_alone "
    "started_utc technique site_family complex supervisor_code trainee modality_reason"
)
OF_PROCEDURE = "procedure_id = NEW.procedure_id AND position = NEW.position"
OF_PERSON = "person_code = NEW.person_code AND position = NEW.position"
KEPT = (
    Kept(
        "procedures",
        "id = NEW.id",
        fixed=tuple(FIXED_OF_PROCEDURES.split()),
        change="OLD.ended_utc IS NULL AND NEW.ended_utc IS NOT NULL",
    ),
    Kept("procedure_people", OF_PROCEDURE),
    Kept("staff", "code = NEW.code", fixed=("code",), change="TRUE"),
    Kept("staff_roles", "person_code = NEW.person_code AND revision = NEW.revision"),
    Kept("certificates", OF_PERSON),
    Kept("courses", OF_PERSON),
    Kept("pins", "person_code = NEW.person_code", fixed=("person_code",), change="TRUE"),
    Kept("signatures", OF_PROCEDURE),
    Kept("log_book", "procedure_id = NEW.procedure_id AND person_code = NEW.person_code"),
    Kept("audit", "seq = NEW.seq"),
)


def upgrade() -> None:
    """Make it out of format 1."""
    _extend_procedures()
    op.rename_table("people", "procedure_people")
    op.create_index("ix_procedure_people_code", "procedure_people", ["code"])
    for create in (_staff, _roles, _certificates, _courses, _pins, _signatures, _log_book, _audit):
        create()
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for kept in KEPT:
        for trigger in keep_in_sqlite(kept) if on_sqlite else keep_in_postgresql(kept):
            op.execute(trigger)
    _take_over()


def _extend_procedures() -> None:
    """The additions say of old procedures that nothing is known.

    The table stays: what refers to it does not let it be dropped and made anew.
    """
    with op.batch_alter_table("procedures", recreate="never") as batch:
        for name in ("technique", "site_family", "modality_reason"):
            batch.add_column(sa.Column(name, sa.String, nullable=False, server_default=""))
        for name in ("complex", "trainee"):
            no = sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
            batch.add_column(no)
        batch.add_column(sa.Column("supervisor_code", sa.String))
    op.create_index("ix_procedures_patient", "procedures", ["patient"])
    op.create_index("ix_procedures_started_utc", "procedures", ["started_utc"])


def _create(table: str, keys: tuple[str, ...], *columns: sa.Column[object] | sa.Constraint) -> None:
    key = sa.PrimaryKeyConstraint(*keys, name=f"pk_{table}")
    op.create_table(table, *columns, key, sqlite_with_rowid=False)


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _staff() -> None:
    _create(
        "staff",
        ("code",),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )


def _roles() -> None:
    _create(
        "staff_roles",
        ("person_code", "revision"),
        sa.Column("person_code", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("roles", sa.String, nullable=False),
        _of("staff_roles", "person_code", "staff.code"),
    )


def _certificates() -> None:
    _create(
        "certificates",
        ("person_code", "position"),
        sa.Column("person_code", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("scheme", sa.String, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("technique", sa.String, nullable=False),
        sa.Column("issued", sa.String, nullable=False),
        sa.Column("expires", sa.String),
        _of("certificates", "person_code", "staff.code"),
    )


def _courses() -> None:
    _create(
        "courses",
        ("person_code", "position"),
        sa.Column("person_code", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("topic", sa.String, nullable=False),
        sa.Column("taken", sa.String, nullable=False),
        sa.Column("expires", sa.String),
        _of("courses", "person_code", "staff.code"),
    )


def _pins() -> None:
    _create(
        "pins",
        ("person_code",),
        sa.Column("person_code", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until_utc", UTC_TEXT),
        _of("pins", "person_code", "staff.code"),
    )


def _signatures() -> None:
    _create(
        "signatures",
        ("procedure_id", "position"),
        sa.Column("procedure_id", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("template_digest", sa.String, nullable=False),
        sa.Column("part", sa.String, nullable=False),
        sa.Column("phase_items", sa.String, nullable=False),
        sa.Column("meaning", sa.String, nullable=False),
        sa.Column("person_code", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("time_utc", UTC_TEXT, nullable=False),
        sa.Column("content_sha256", sa.String, nullable=False),
        sa.Column("audit_seq", sa.Integer, nullable=False),
        sa.Column("audit_sha256", sa.String, nullable=False),
        _of("signatures", "procedure_id", "procedures.id"),
        _of("signatures", "person_code", "staff.code"),
    )


def _log_book() -> None:
    _create(
        "log_book",
        ("procedure_id", "person_code"),
        sa.Column("procedure_id", sa.String, nullable=False),
        sa.Column("person_code", sa.String, nullable=False),
        sa.Column("family", sa.String, nullable=False),
        sa.Column("technique", sa.String, nullable=False),
        sa.Column("complex", sa.Boolean, nullable=False),
        sa.Column("supervised_by", sa.String),
        sa.Column("date_utc", UTC_TEXT, nullable=False),
        _of("log_book", "procedure_id", "procedures.id"),
    )
    op.create_index("ix_log_book_person_code", "log_book", ["person_code"])


def _audit() -> None:
    _create(
        "audit",
        ("seq",),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("time_utc", UTC_TEXT, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("previous_sha256", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
    )


def _take_over() -> None:
    now_utc = context.config.attributes["now_utc"]
    procedures, *parts = [
        sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
        for name in ("procedures", "procedure_people", "checklist_entries")
    ]
    for procedure in op.get_bind().execute(sa.select(procedures)).mappings().all():
        rows = [("procedures", dict(procedure)), *_parts(parts, procedure["id"])]
        append(op.get_bind(), KIND, now_utc, rows)


def _parts(tables: list[sa.Table], procedure_id: str) -> Iterator[tuple[str, dict[str, object]]]:
    for table in tables:
        chosen = sa.select(table).where(table.c.procedure_id == procedure_id)
        for row in op.get_bind().execute(chosen.order_by(table.c.position)).mappings():
            yield table.name, dict(row)
