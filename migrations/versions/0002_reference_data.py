"""Reference data every installation starts from: divisions, credential kinds, counting policies.

Sources: GB/T 2260 (divisions), DOMAIN.md §3 and §4 (kinds, policies, targets). All of it can be changed in the
system afterwards; none of it is a constant of the code.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# code, name, kind, parent code, short names and old names, old codes
DIVISIONS: list[tuple[str, str, str, str | None, list[str], list[str], list[str]]] = [
    ("530000", "云南省", "province", None, ["云南"], [], []),
    ("530900", "临沧市", "prefecture", "530000", ["临沧"], ["临沧地区"], []),
    ("530902", "临翔区", "county", "530900", ["临翔"], ["临沧县"], []),
    ("530921", "凤庆县", "county", "530900", ["凤庆"], [], []),
    ("530922", "云县", "county", "530900", [], [], []),
    ("530923", "永德县", "county", "530900", ["永德"], [], []),
    ("530924", "镇康县", "county", "530900", ["镇康"], [], []),
    ("530925", "双江拉祜族佤族布朗族傣族自治县", "county", "530900", ["双江", "双江县"], [], []),
    ("530926", "耿马傣族佤族自治县", "county", "530900", ["耿马", "耿马县"], [], []),
    ("530927", "沧源佤族自治县", "county", "530900", ["沧源", "沧源县"], [], []),
    ("532300", "楚雄彝族自治州", "prefecture", "530000", ["楚雄州"], [], []),
    ("532301", "楚雄市", "county", "532300", ["楚雄"], [], []),
    ("532302", "禄丰市", "county", "532300", ["禄丰"], ["禄丰县"], ["532331"]),
    ("532322", "双柏县", "county", "532300", ["双柏"], [], []),
    ("532323", "牟定县", "county", "532300", ["牟定"], [], []),
    ("532324", "南华县", "county", "532300", ["南华"], [], []),
    ("532325", "姚安县", "county", "532300", ["姚安"], [], []),
    ("532326", "大姚县", "county", "532300", ["大姚"], [], []),
    ("532327", "永仁县", "county", "532300", ["永仁"], [], []),
    ("532328", "元谋县", "county", "532300", ["元谋"], [], []),
    ("532329", "武定县", "county", "532300", ["武定"], [], []),
]
# 禄丰 became a city in 2021; until the day before it was called 禄丰县.
RENAMED = {"532302": ("禄丰县", date(2021, 1, 31))}

PSYCHOLOGIST = r"\d{10}%s\d{5}|\d{13}"
VOCATIONAL_LEVEL = r"[YS]\d{21}"
RECOGNISED = "人力资源社会保障部国家职业资格及职业技能等级制度"
# code, name, aliases, issuer, pattern, renewal years, counts as, rank, recognised, basis
KINDS: list[
    tuple[str, str, list[str], str | None, str | None, int | None, str, int, bool, str | None]
] = [
    (
        "psych_2",
        "心理咨询师（二级）",
        ["心理咨询师二级", "二级心理咨询师", "国家二级心理咨询师", "国家心理咨询师二级"],
        "人力资源和社会保障部",
        PSYCHOLOGIST % "2",
        None,
        "psych_2",
        30,
        True,
        "国家职业资格（2017年前核发，长期有效）",
    ),
    (
        "psych_3",
        "心理咨询师（三级）",
        ["心理咨询师三级", "三级心理咨询师", "国家三级心理咨询师", "国家心理咨询师三级"],
        "人力资源和社会保障部",
        PSYCHOLOGIST % "3",
        None,
        "psych_3",
        20,
        True,
        "国家职业资格（2017年前核发，长期有效）",
    ),
    (
        "vocational_level",
        "职业技能等级证书",
        ["职业技能等级证", "心理咨询师职业技能等级证书"],
        None,
        VOCATIONAL_LEVEL,
        None,
        "other",
        10,
        True,
        RECOGNISED,
    ),
    (
        "mental_health_social_work",
        "心理健康社会工作职业技能证书",
        [],
        None,
        None,
        None,
        "other",
        10,
        True,
        RECOGNISED,
    ),
    (
        "counseling_skill",
        "心理咨询职业技能证书",
        [],
        None,
        None,
        None,
        "other",
        10,
        True,
        RECOGNISED,
    ),
    (
        "social_worker",
        "社会工作者",
        [
            "助理社会工作师",
            "社会工作师",
            "高级社会工作师",
            "社会工作师（初级）",
            "社会工作师（中级）",
            "社会工作师（高级）",
            "社会工作者（助理）",
            "社会工作者（中级）",
            "社会工作者（高级）",
        ],
        "人力资源和社会保障部、民政部",
        None,
        3,
        "other",
        10,
        True,
        "国家职业资格（每3年登记）",
    ),
    (
        "psychotherapist",
        "心理治疗师",
        [
            "心理治疗师（初级）",
            "心理治疗师（中级）",
            "心理治疗师（师）",
            "心理治疗师初级",
            "心理治疗师中级",
        ],
        "国家卫生健康委员会、人力资源和社会保障部",
        None,
        None,
        "other",
        10,
        True,
        "卫生专业技术资格",
    ),
    (
        "teaching_qualification",
        "教师资格证（心理健康教育）",
        ["教师资格证", "心理健康教育教师资格证"],
        "教育行政部门",
        r"\d{17}",
        5,
        "other",
        0,
        False,
        None,
    ),
    (
        "cas_training",
        "中科院心理所基础培训合格证",
        ["中科院心理咨询师基础培训合格证", "心理咨询师基础培训合格证书"],
        "中国科学院心理研究所",
        None,
        None,
        "other",
        0,
        False,
        None,
    ),
    (
        "cps_registration",
        "中国心理学会注册心理师",
        ["中国心理学会注册", "注册心理师"],
        "中国心理学会",
        None,
        5,
        "other",
        0,
        False,
        None,
    ),
]
# name, value, basis, valid from
POLICIES: list[tuple[str, dict[str, object], str | None, date | None]] = [
    ("lead_teacher_moved", {"counts": "while_posted"}, "默认：在选派县（校）任职期间计入", None),
    ("hours_year", {"hours": 90}, "每年不少于90学时", None),
    (
        "hours_cycle",
        {"first_year": 2021, "years": 5, "hours": 360},
        "五年一周期不少于360学时",
        None,
    ),
    (
        "target_counselor_coverage",
        {"ratio": 0.95, "by": 2025},
        "教育部等十七部门《全面加强和改进新时代学生心理健康工作专项行动计划（2023—2025年）》",
        None,
    ),
    ("target_lead_teachers", {"per_county": 1}, "每县至少1名带头人", None),
    ("target_counselors", {"per_school": 1}, "每校至少1名心理健康教育教师", None),
]

units = sa.table(
    "units",
    sa.column("id", sa.Integer),
    sa.column("code", sa.String),
    sa.column("kind", sa.String),
    sa.column("name", sa.String),
    sa.column("name_key", sa.String),
    sa.column("parent_id", sa.Integer),
    sa.column("path", sa.String),
    sa.column("row_version", sa.Integer),
)
unit_versions = sa.table(
    "unit_versions",
    sa.column("unit_id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("parent_id", sa.Integer),
    sa.column("path", sa.String),
    sa.column("valid_from", sa.Date),
    sa.column("valid_until", sa.Date),
)
unit_aliases = sa.table(
    "unit_aliases",
    sa.column("unit_id", sa.Integer),
    sa.column("kind", sa.String),
    sa.column("alias", sa.String),
    sa.column("key", sa.String),
)
credential_kinds = sa.table(
    "credential_kinds",
    sa.column("id", sa.Integer),
    sa.column("code", sa.String),
    sa.column("name", sa.String),
    sa.column("aliases", sa.Text),
)
credential_kind_rules = sa.table(
    "credential_kind_rules",
    sa.column("kind_id", sa.Integer),
    sa.column("issuer", sa.String),
    sa.column("number_pattern", sa.String),
    sa.column("renewal_years", sa.Integer),
    sa.column("counts_as", sa.String),
    sa.column("rank", sa.Integer),
    sa.column("nationally_recognised", sa.Boolean),
    sa.column("basis", sa.Text),
)
counting_policies = sa.table(
    "counting_policies",
    sa.column("name", sa.String),
    sa.column("value", sa.JSON),
    sa.column("basis", sa.Text),
    sa.column("valid_from", sa.Date),
)
data_versions = sa.table(
    "data_versions", sa.column("name", sa.String), sa.column("version", sa.Integer)
)


def upgrade() -> None:
    if _is_empty(units):
        _insert_divisions()
    if _is_empty(credential_kinds):
        _insert_kinds()
    if _is_empty(counting_policies):
        _insert_policies()
    if _is_empty(data_versions):
        op.bulk_insert(data_versions, [{"name": "counted", "version": 1}])


def downgrade() -> None:
    """Reference data stays: people, schools and credentials stand on it; 0001 drops the tables."""


def _is_empty(table: sa.TableClause) -> bool:
    return op.get_bind().scalar(sa.select(sa.func.count()).select_from(table)) == 0


def _insert_policies() -> None:
    op.bulk_insert(
        counting_policies,
        [
            {"name": name, "value": value, "basis": basis, "valid_from": valid_from}
            for name, value, basis, valid_from in POLICIES
        ],
    )


def _insert_divisions() -> None:
    connection = op.get_bind()
    placed: dict[str, tuple[int, str]] = {}
    for code, name, kind, parent_code, short_names, old_names, old_codes in DIVISIONS:
        parent_id, parent_path = placed[parent_code] if parent_code else (None, "/")
        values = {
            "code": code,
            "kind": kind,
            "name": name,
            "name_key": name,
            "parent_id": parent_id,
            "path": "",
            "row_version": 1,
        }
        unit_id = connection.execute(
            sa.insert(units).values(**values).returning(units.c.id)
        ).scalar_one()
        path = f"{parent_path}{unit_id}/"
        connection.execute(sa.update(units).where(units.c.id == unit_id).values(path=path))
        placed[code] = (unit_id, path)
        _insert_versions(connection, code, name, unit_id, parent_id, path)
        aliases = [("short_name", alias) for alias in short_names]
        aliases += [("old_name", alias) for alias in old_names]
        aliases += [("old_code", alias) for alias in old_codes]
        for alias_kind, alias in aliases:
            connection.execute(
                sa.insert(unit_aliases).values(
                    unit_id=unit_id, kind=alias_kind, alias=alias, key=alias
                )
            )


def _insert_versions(
    connection: sa.Connection,
    code: str,
    name: str,
    unit_id: int,
    parent_id: int | None,
    path: str,
) -> None:
    version = {"unit_id": unit_id, "parent_id": parent_id, "path": path}
    old_name, last_day = RENAMED.get(code, (None, None))
    if old_name is not None and last_day is not None:
        connection.execute(
            sa.insert(unit_versions).values(**version, name=old_name, valid_until=last_day)
        )
        first_day = date.fromordinal(last_day.toordinal() + 1)
        connection.execute(
            sa.insert(unit_versions).values(**version, name=name, valid_from=first_day)
        )
    else:
        connection.execute(sa.insert(unit_versions).values(**version, name=name))


def _insert_kinds() -> None:
    connection = op.get_bind()
    for code, name, aliases, issuer, pattern, years, counts_as, rank, recognised, basis in KINDS:
        kind_id = connection.execute(
            sa.insert(credential_kinds)
            .values(code=code, name=name, aliases="\n".join(aliases))
            .returning(credential_kinds.c.id)
        ).scalar_one()
        connection.execute(
            sa.insert(credential_kind_rules).values(
                kind_id=kind_id,
                issuer=issuer,
                number_pattern=pattern,
                renewal_years=years,
                counts_as=counts_as,
                rank=rank,
                nationally_recognised=recognised,
                basis=basis,
            )
        )
