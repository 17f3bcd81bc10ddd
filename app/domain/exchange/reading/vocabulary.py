"""The headers that people write over each column, the usual one first (DOMAIN.md §6).

Blanks, full-width letters, brackets, / and 、 and their order do not matter: headers.py takes them away."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SEQUENCE = _words("序号 序 No 编号")
NAME = _words("姓名 教师姓名 名字 学员姓名 成员姓名")
ID_NUMBER = _words(
    """
    身份证号 身份证号码 身份证 证件号码 证件号 公民身份号码 居民身份证号 身份证件号
    身份证件号码 居民身份证号码 公民身份证号 公民身份证号码
    """
)
PHONE = _words(
    "联系电话 手机号 手机号码 电话 手机 联系方式 移动电话 电话号码 联系手机 本人手机 手机电话"
)
COUNTY = _words(
    """
    县（市） 县（区） 县（市、区） 区县 县 所在县 所属县 所在县市 所属县市 所在县区 所属县区
    所在县市区 所属县市区 县市名称 县区名称 县别 选派县（区） 市县 区县名称 县市区名称 县名
    """
)
SCHOOL = _words(
    """
    学校名称 学校 所在单位 单位 工作单位 所在学校 单位名称 任教学校 学校全称 单位全称
    工作单位全称 工作学校 学校/单位 所属单位 所属学校 学校（单位）名称 选派学校 选派单位
    现工作单位
    """
)
NOTE = _words("备注 说明 其他 其它")
HOURS = _words("学时 培训学时 获得学时 学时数 课时 总学时 认定学时")
RESULT = _words(
    "考核结果 考核等次 结果 等次 考核情况 考核结论 培训结果 考核 鉴定结果 考核鉴定等次 考核等级 学习结果"
)
VERDICT = _words("是否合格 是否通过 是否结业 合格情况 结业情况 是否完成")
CODE = _words("学校标识码 标识码 学校代码 学校编码 机构代码 学校（机构）标识码 单位代码")
SCHOOL_STAGE = _words("办学类型 学段 学校类型 学校类别 办学层次 办学类别")
PUPILS = _words("在校学生数 学生数 在校生数 学生人数 在校学生人数 在校生人数 在校人数")
ROOMS = _words(
    """
    心理辅导室（间） 心理辅导室 辅导室 辅导室数 心理辅导室数量 心理辅导室间数 心理咨询室
    心理辅导室数 心理健康辅导室 心理辅导（咨询）室 辅导室间数
    """
)
ROOM_AREA = _words(
    """
    心理辅导室面积（㎡） 心理辅导室面积 辅导室面积 面积 心理辅导室总面积 使用面积 建筑面积
    心理咨询室面积
    """
)
OPENED_ON = _words("建校时间 成立时间 开办时间 建校日期 开办日期 启用时间")
CLOSED_ON = _words("撤销时间 停办时间 撤并时间 撤销日期 停办日期 撤并日期")
COUNSELOR_STAGE = SCHOOL_STAGE + _words("任教学段")
SEX = _words("性别")
ETHNICITY = _words("民族 族别")
BORN_ON = _words("出生年月 出生日期 出生年月日 出生时间")
WORK_BEGAN_ON = _words("参加工作时间 参加工作年月 参加工作日期 工作时间 参工时间")
EDUCATION = _words("最高学历 学历 学历学位 文化程度 学历/学位")
GRADUATED_FROM = _words("毕业院校 毕业学校 毕业院校及专业")
MAJOR = _words("所学专业 专业 毕业专业")
COUNSELOR_TITLE = _words("职称 专业技术职务 技术职称 专业技术职称 职务/职称 现任职称 职称等级")
EMPLOYMENT = _words("专/兼职 兼/专职 专兼 专职/兼职 专兼职情况 专职或兼职 专（兼）职 岗位性质")
SUBJECT = _words("任教学科 学科 任教科目 现任教学科 所教学科 担任学科")
COUNSELING_BEGAN_ON = _words(
    """
    从事心理健康教育工作时间 从事心理健康教育时间 从事心理健康工作时间 从事心理教育工作时间
    从事心理健康教育起始时间 从事心理健康教育工作起始时间 开始从事心理健康教育工作时间
    从事心理健康教育开始时间 从事心理健康教育工作年月
    """
)
COUNSELING_YEARS = _words("从事心理健康教育年限 从事心理健康教育工作年限 从事心理健康工作年限")
CREDENTIAL = _words(
    """
    资格证书名称 持有心理健康教育相关证书 证书名称 资格证书 持证情况 心理健康教育相关证书
    持有证书 资格证 职业资格证书 相关证书 持有资格证书 心理健康教育资格证书
    心理咨询师资格证书 持有证书名称 心理健康教育证书 证书
    """
)
CREDENTIAL_LEVEL = _words("证书等级 资格证书等级 资格等级 证书级别 资格证书级别")
CREDENTIAL_NUMBER = _words("证书编号 资格证书编号 证书号 证书号码 资格证书号 资格证书号码")
CREDENTIAL_ISSUER = _words("发证机关 发证单位 发证机构 颁发机构 颁证单位 颁发单位 资格证书发证机关")
CREDENTIAL_ISSUED_ON = _words(
    """
    发证时间 发证日期 颁发时间 取证时间 获证时间 发证年月 证书取得时间 取得时间 获得时间
    资格证书发证时间 资格证书发证日期 取得证书时间 颁发日期
    """
)
RECRUITED_ON = _words("公开招聘时间 招聘时间 公招时间 公开招聘日期 公开招聘年月")
LEAD_TEACHER = _words("是否带头人 带头人 是否为带头人 是否学科带头人 是否心理健康教育带头人")
EMAIL = _words("邮箱 电子邮箱 电子邮件 e-mail email")
COHORT = _words("期次 批次 期数 跟岗期次 培训期次 期别")
NOMINATING_COUNTY = _words("选派县（区） 选派县 选派县（市） 选派县（市、区） 选派区县") + COUNTY
NOMINATING_SCHOOL = _words("选派学校 选派单位 派出学校 派出单位") + SCHOOL
BASE_SCHOOL = _words(
    """
    规培基地 跟岗学校 基地学校 跟岗基地 规培学校 跟岗单位 接收学校 接收单位 规培基地学校
    基地
    """
)
PLACEMENT_PERIOD = _words("跟岗时间 培训时间 规培时间 起止时间 跟岗起止时间 跟岗日期 时间")
TRAINING_TITLE = _words(
    "培训项目 培训名称 项目名称 培训项目名称 培训班名称 培训班 培训内容 参加培训名称 培训主题"
)
TRAINING_LEVEL = _words("培训级别 级别 培训层次 项目级别 培训等级 层次")
ORGANISER = _words("主办单位 组织单位 举办单位 承办单位 培训单位 主办机构 培训机构")
PLACE = _words("培训地点 地点 培训地址")
TRAINING_PERIOD = _words("培训时间 起止时间 时间 培训起止时间 培训日期 参训时间 参加培训时间")
ROLE = _words("工作室角色 角色 工作室职务 身份 工作室身份 职务 成员类别")
JOINED_ON = _words("加入时间 加入日期 入室时间 聘任时间 进入时间 加入年月")
ONLINE_TITLE = _words("项目名称 培训项目 课程名称 培训名称 培训项目名称 学习项目 课程 项目")
ONLINE_LEVEL = _words("培训级别 级别 项目级别 培训层次")
PROGRESS = _words("学习进度 进度 完成进度 完成率 学习进度（%）")
SCORE = _words("考核成绩 成绩 分数 得分 考试成绩 总成绩")
COMPLETED_AT = _words("完成时间 结业时间 完成日期 通过时间 合格时间 结业日期")
