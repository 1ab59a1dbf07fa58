"""Words that head the same column in different firms' tables. One rule: a group only helps where nothing fits better; each
word is in its normal form (headers.normal)."""

from __future__ import annotations

GROUPS: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in (
        "编号 编码 代码 单号 单据号 单据编号 no code number",
        "名称 名字 name title",
        "姓名 名字 人员 name",
        "日期 时间 date day",
        "用工日期 出工日期 日期 date",
        "金额 总价 价款 合价 amount sum",
        "单价 价格 price rate unitprice",
        "数量 工程量 用量 qty quantity count",
        "单位 计量单位 unit uom",
        "规格 规格型号 型号 spec model",
        "备注 说明 附注 remark remarks note notes memo comment",
        "电话 手机 手机号 手机号码 联系电话 电话号码 phone mobile tel telephone",
        "邮箱 电子邮箱 电子邮件 email mail",
        "身份证 身份证号 身份证号码 证件号码 idcard idno",
        "统一社会信用代码 信用代码 税号 creditcode taxno",
        "项目 项目名称 工程 工程名称 所属项目 project",
        "合同 合同名称 合同编号 contract",
        "供应商 单位名称 往来单位 对方单位 厂家 supplier vendor partner",
        "部门 所属部门 department dept",
        "负责人 经办人 责任人 owner manager",
        "工种 岗位 trade job",
        "班组 队伍 施工队 team crew",
        "开户行 开户银行 bank",
        "账号 银行账号 银行卡号 卡号 account",
        "地址 联系地址 address",
        "开始日期 起始日期 开工日期 start startdate from",
        "结束日期 截止日期 完工日期 竣工日期 end enddate to",
        "税率 taxrate",
        "类别 类型 分类 种类 type category kind",
        "状态 state status",
    )
)
