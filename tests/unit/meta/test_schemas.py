"""What a model declares is compiled once: columns, class name, inheritance, and every contradiction is named."""

from __future__ import annotations

from typing import Any

import pytest

import parse_orm as orm
from parse_orm.meta import registry
from parse_orm.names import SYSTEM_CLASSES


class SchemaBase(orm.ParseObject):
    name = orm.property(str)


def test_every_model_has_the_four_base_fields() -> None:
    assert list(SchemaBase.fields()) == ["id", "created_at", "updated_at", "acl", "name"]
    assert [field.path for field in SchemaBase.fields().values()] == [
        "objectId",
        "createdAt",
        "updatedAt",
        "ACL",
        "name",
    ]


def test_a_subclass_that_names_the_class_of_its_base_shares_it_and_adds_fields() -> None:
    class SchemaChild(SchemaBase, class_name="SchemaBase"):
        extra_text = orm.property(str)

    assert SchemaChild.schema.class_name == "SchemaBase"
    assert SchemaChild.schema.columns["extraText"] is SchemaChild.fields()["extra_text"]
    assert "extra_text" not in SchemaBase.fields()


def test_a_subclass_of_a_model_with_rows_says_which_class_it_means() -> None:
    with pytest.raises(orm.DeclarationError, match=r"class_name='SchemaOther'.*class_name='SchemaBase'.*abstract=True"):
        type("SchemaOther", (SchemaBase,), {})

    other: Any = type("SchemaOther", (SchemaBase,), {}, class_name="SchemaOther")
    assert other.schema.class_name == "SchemaOther"
    assert registry.for_class("SchemaBase") is not other
    assert registry.for_class("SchemaOther") is other


def test_models_of_an_abstract_base_have_classes_of_their_own() -> None:
    class SchemaDated(orm.ParseObject, abstract=True, strict_loading=True, acl="private"):
        note = orm.property(str, required=True)
        plays = orm.property(int, default=3)

        @orm.scope
        @staticmethod
        def noted(q: orm.Query[Any]) -> orm.Query[Any]:
            return q.where(note="x")

    class SchemaTune(SchemaDated):
        title = orm.property(str)

    class SchemaMiddle(SchemaDated, abstract=True):
        pass

    class SchemaSinger(SchemaMiddle):
        pass

    assert (SchemaTune.schema.class_name, SchemaSinger.schema.class_name) == ("SchemaTune", "SchemaSinger")
    assert SchemaSinger(note="x").to_dict(only=["note", "plays"]) == {"note": "x", "plays": 3}
    assert SchemaSinger.describe_access()["acl_policy"] == "private"
    assert "title" not in SchemaSinger.fields()
    assert SchemaTune.where(SchemaDated.note == "x").to_params()["where"] == {"note": "x"}
    assert SchemaTune.noted().to_params()["where"] == {"note": "x"}  # type: ignore[attr-defined]
    assert SchemaTune.strict_by_default()
    assert not SchemaSinger(plays=1).is_valid()
    assert not {SchemaDated, SchemaMiddle}.intersection(registry.all())


@pytest.mark.parametrize(
    "use", ["base()", "base.where()", "base.create()", "base.get('abcdefghij')", "base.pointer('abcdefghij')"]
)
def test_an_abstract_model_has_no_rows(use: str) -> None:
    base = type("SchemaBare", (orm.ParseObject,), {}, abstract=True)

    for model in (base, orm.ParseObject):
        with pytest.raises(orm.DeclarationError, match="is abstract and has no rows"):
            eval(use, {"base": model})


@pytest.mark.parametrize(
    ("base", "options", "why"),
    [(orm.ParseObject, {"class_name": "X"}, "class_name='X'"), (SchemaBase, {}, "SchemaBase, which has a class")],
)
def test_an_abstract_model_has_no_class(base: Any, options: dict[str, str], why: str) -> None:
    with pytest.raises(orm.DeclarationError, match=f"abstract=True is for a base without a class.*{why}"):
        type("SchemaNo", (base,), {}, abstract=True, **options)


def test_a_mixin_brings_its_fields() -> None:
    class Tagged:
        tags = orm.array(str)

    class SchemaTagged(Tagged, orm.ParseObject):
        pass

    assert SchemaTagged(tags=["a"]).tags == ["a"]
    assert "tags" in SchemaTagged.fields()


def test_a_field_that_a_subclass_replaces_with_something_else_is_gone() -> None:
    class SchemaWithout(SchemaBase, class_name="SchemaWithout"):
        name = None  # type: ignore[assignment]

    assert "name" not in SchemaWithout.fields()


def test_the_class_name_may_be_given() -> None:
    class SchemaTrack(orm.ParseObject, class_name="SchemaSong"):
        pass

    assert SchemaTrack.schema.class_name == "SchemaSong"
    assert SchemaTrack.schema.name == "SchemaTrack"


def test_the_tables_cannot_be_changed() -> None:
    tables: Any = SchemaBase.schema.fields
    with pytest.raises(TypeError):
        tables["x"] = 1


@pytest.mark.parametrize("name", ["", "1abc", "a b", "_Mine", "a-b", "x" * 200])
def test_a_class_name_that_the_server_refuses_is_refused_at_once(name: str) -> None:
    with pytest.raises(orm.InvalidClassName):
        type("SchemaBad", (orm.ParseObject,), {}, class_name=name)


@pytest.mark.parametrize(
    "name", ["save", "where", "destroy", "changed", "errors", "id", "created_at", "updated_at", "acl"]
)
def test_a_field_that_would_hide_a_method_is_refused_with_both_names(name: str) -> None:
    with pytest.raises(orm.DeclarationError, match=f"SchemaHides.{name} would hide ParseObject.{name}"):
        type("SchemaHides", (orm.ParseObject,), {name: orm.property(str)})
    mixin = type("Mixin", (), {name: orm.property(str)})
    with pytest.raises(orm.DeclarationError, match=f"SchemaHides.{name} would hide ParseObject.{name}"):
        type("SchemaHides", (mixin, orm.ParseObject), {})


@pytest.mark.parametrize("name", SYSTEM_CLASSES)
def test_a_model_called_like_a_class_of_the_server_s_is_refused_or_says_which_it_means(name: str) -> None:
    with pytest.raises(orm.DeclarationError, match=rf"class {name}\(orm\.{name}\).*class_name="):
        type(name, (orm.ParseObject,), {})

    assert registry.for_class(f"_{name}") is getattr(orm, name)
    own: Any = type(name, (orm.ParseObject,), {}, class_name=f"Shop{name}")
    extended: Any = type(name, (getattr(orm, name),), {})
    assert (own.schema.class_name, extended.schema.class_name) == (f"Shop{name}", f"_{name}")


@pytest.mark.parametrize("name", ["where", "limit", "first"])
def test_a_scope_that_would_hide_a_query_method_is_refused(name: str) -> None:
    with pytest.raises(orm.DeclarationError, match=f"SchemaScoped.{name} would hide Query.{name}"):
        type("SchemaScoped", (orm.ParseObject,), {name: orm.scope(lambda q: q)})


def test_two_attributes_of_one_column_are_refused() -> None:
    with pytest.raises(orm.DeclarationError, match="are both the column 'title'"):
        type("SchemaTwice", (orm.ParseObject,), {"a": orm.property(str, field="title"), "title": orm.property(str)})


@pytest.mark.parametrize("column", ["a b", "1a", "className", "length", "x" * 64, "é"])
def test_a_column_that_the_server_refuses_or_cuts_is_refused(column: str) -> None:
    with pytest.raises(orm.DeclarationError, match="SchemaBadColumn"):
        type("SchemaBadColumn", (orm.ParseObject,), {"field": orm.property(str, field=column)})


def test_a_wrong_name_suggests_the_right_one() -> None:
    with pytest.raises(orm.UnknownField, match=r"(?i)did you mean 'name'"):
        SchemaBase(nmae="x")
    with pytest.raises(orm.UnknownField, match="nmae"):
        SchemaBase.where(nmae="x")
    with pytest.raises(AttributeError):
        SchemaBase.schema.field("nmae")
