/** What commands and groups are for, in Chinese, by what they say in English. */
export const COMMANDS: Record<string, string> = {
  "customer-engagement campaigns as JSON, run durably, with a verdict at the end":
    "以 JSON 编写的客户活动：可靠运行，最后给出结论",
  "start everything (parts, serve, worker, deliver) and keep it running until Ctrl-C":
    "启动全部服务（内置服务、serve、worker、deliver）并持续运行，直到 Ctrl-C",
  "play the reference campaign to its verdict, on real parts, a day in about a second":
    "在真实服务上演示参考活动直到得出结论，约一秒一天",
  "take events over HTTP, react to them, and serve hosted pages, until stopped":
    "通过 HTTP 接收并处理事件，提供托管页面，直到停止",
  "run workflows and activities, and dispatch stimuli to them, until stopped": "运行工作流与各步骤，直到停止",
  "bring messages to their channels, until stopped": "将消息送往各渠道，直到停止",
  "bring the database's tables up to date": "将数据库表更新到当前版本",
  "say what is there, what is missing, and how to mend it": "说明哪些服务可用、缺什么、如何解决",
  "start a campaign or segment as a copy of another": "复制一个活动或分群，作为新的起点",
  "check what marketers wrote: every fault at once, with file, place and what to write instead":
    "检查市场人员编写的内容：一次列出全部错误及其文件、位置和正确写法",
  "take in customers, orders, order items or past events from CSV, NDJSON or XLSX":
    "从 CSV、NDJSON 或 XLSX 导入客户、订单、订单商品或历史事件",
  "what data there is": "数据现状",
  "how much there is, how old it is, and what is missing in it": "数据有多少、多旧、缺什么",
  "work out everybody's RFM, churn risk, expected value, tier, stage and lead score":
    "计算所有客户的 RFM、流失风险、预期价值、分层、生命周期阶段与线索评分",
  "what rules may say": "规则中可以写什么",
  "the variables that rules may use, with type, unit and source": "规则可用的变量及其类型、单位和来源",
  "write the JSON Schemas that editors complete and check rules with": "写出供编辑器补全和检查的 JSON Schema",
  "who is in which segment": "谁在哪个分群",
  "the segments of the library and what each is good for": "分群库中的分群及其用途",
  "how many customers are in a segment": "分群中有多少客户",
  "who is in a segment, with the values that put them there": "分群中有哪些客户，以及使其入选的数值",
  "who came into a segment and who left it since it was last looked at; without a segment, counts for all":
    "自上次查看以来谁进入、谁离开分群；不指定分群时列出所有分群的人数",
  "why a customer is in a segment, or why not": "客户为何在或不在某个分群",
  "to plan with: members by tier, what puts them there, what they need, how to look after them":
    "规划表：按分层列出成员、入选依据、核心需求与维护方式",
  "campaigns and their runs": "活动及其运行",
  "say what a campaign would do: whom it would reach, when, with what, at what cost":
    "预估活动：将触达谁、何时、用什么、花费多少",
  "take one customer through a campaign on the machine, days in a moment, and print the timeline; stores nothing":
    "让一位客户当场走完活动并打印时间线；不保存任何内容",
  "check a campaign and make it the one that runs are launched with": "检查活动并应用，此后的运行以它启动",
  "let an applied campaign be launched, where rules/home.json wants somebody else to say so":
    "批准已应用的活动启动（当 rules/home.json 要求由另一人批准时）",
  "applied campaigns: which may be launched, what starts them, their latest run":
    "已应用的活动：能否启动、由什么触发、最近一次运行",
  "launch an applied campaign: enrol its audience and start": "启动已应用的活动：目标人群进入并开始",
  "where a run stands now; without RUN: all runs, latest first, and what is scheduled":
    "运行的现状；不指定时列出全部运行（最近的在前）与定时",
  "launch a campaign at its trigger's times, from now on; without ID: what is scheduled":
    "从现在起按触发器的时间启动活动；不指定时列出定时",
  "stand still: nothing more is decided or sent until resume": "暂停：恢复之前不再作出决定、不再发送",
  "go on after a pause": "暂停后继续",
  "let nobody in any more; those inside finish": "不再接纳新人，在途者走完",
  "take those under way over to an edited campaign, each at the place where they stand":
    "将在途客户转到修改后的活动，各在原处继续",
  "start again what Temporal has lost of a run: everybody goes on where they stood":
    "重新启动 Temporal 丢失的内容：每个人从原处继续",
  "end a run for good; what has not left is withheld": "永久终止运行；尚未发出的不再发送",
  "what a run achieved: targets with their verdicts, arms, budget, funnel and why things did not happen":
    "运行的成效：目标与结论、分组、预算、漏斗，以及未发生之事的原因",
  "what was really spent": "实际花费",
  "lines of a run's budget: planned, spent, left": "运行的预算科目：计划、已用、剩余",
  "book what was really spent on a line of a run's budget": "登记某一预算科目的实际花费",
  "work for people": "人工任务",
  "calls, plan rows and other work for people, the most urgent first": "电话、计划事项及其他人工任务，最紧急的在前",
  "records what came of a task; the customer's journey goes on with it": "记录任务结果；客户的旅程随之继续",
  "complaints of customers": "客户投诉",
  "open complaints, the longest waiting first; while one is open its customer gets no promotions":
    "未解决的投诉，等待最久的在前；投诉未解决时客户不会收到营销消息",
  "record a complaint that was heard in person; until it is solved promotions to the customer are held":
    "登记一件当面听到的投诉；解决之前暂缓向该客户营销",
  "a complaint is mended: its task is done, and what was held for it is sent if it is still time":
    "投诉已解决：其任务完成，暂缓的内容若仍不算晚则发出",
  messages: "消息",
  "a run's messages and what became of them, the latest first": "一次运行的消息及其结果，最近的在前",
  "one message: why it was decided, what became of it, what its reader did":
    "一条消息：为何发送、结果如何、读者做了什么",
  "say what became of a message that was on its way when a process or connection was lost":
    "裁定一条在进程或连接中断时正在发送的消息的结果",
  templates: "模板",
  "a template as its reader will see it": "模板在读者眼中的样子",
  events: "事件",
  "send one event: to the server when REKINDLE_KEY is set and it answers, else straight into the database":
    "发送一个事件：设置了 REKINDLE_KEY 且服务器有应答时发给服务器，否则直接写入数据库",
  "an event: what it did, what it started or not, which waits it met or not, and why":
    "一个事件：做了什么、启动了什么或为何没有、满足了哪些等待或为何没有",
  "events as they are received, with what they did, until stopped": "随收随看事件及其作用，直到停止",
  "react again: whole to events that failed or wait; of others only what could not be recorded before. Never twice":
    "重新处理：失败或待处理的事件整体处理，其他只补记此前无法记录的内容；绝不重复",
  "calls of other systems": "对其他系统的调用",
  "calls of other systems by webhook steps and what became of them, the latest first":
    "webhook 步骤对其他系统的调用及其结果，最近的在前",
  customers: "客户",
  "all that is known of one customer: who, reachable how, in which segments, where in which campaigns":
    "一位客户的全部信息：是谁、如何联系、在哪些分群、在哪些活动的何处",
  "several customers are one: everything of the others becomes the first one's, for good":
    "多个编号是同一位客户：其余编号的一切归入第一个，不可撤销",
  "what other systems are told": "通知其他系统",
  "have events posted to an address; the secret that signs them is printed this once":
    "将发生的事推送到一个地址；签名密钥只显示这一次",
  "who is told what, and how it goes with them": "通知谁、通知什么、进展如何",
  "post nothing until it is resumed; what happens meanwhile is kept": "暂停推送；期间发生的事会保留",
  "go on with what was kept, at once": "立即继续推送保留的内容",
  "end it; what was not yet told is dropped": "结束订阅；尚未通知的内容丢弃",
  "make a new secret, printed this once; the old one signs beside it for a while":
    "更换签名密钥，只显示这一次；旧密钥在一段时间内并行签名",
  "post one event of type subscription.test now, and say what came back; exit code 1 when it was not taken":
    "立即推送一个 subscription.test 事件并显示答复；未被接受时退出码为 1",
  "events that the other side has not taken": "对方未接受的事件",
  "the oldest first": "最早的在前",
  "offer them again": "重新推送",
  "API keys": "API 密钥",
  "make an API key; it is printed this once": "创建 API 密钥；只显示这一次",
  "API keys by name; the keys themselves are not kept": "按名称列出 API 密钥；密钥本身不保存",
  "make a new key in place of the one of that name, which goes on working for a while":
    "以新密钥替换同名密钥；旧密钥在一段时间内仍可用",
  "stop the keys of a name from working, within seconds": "数秒内停用某名称的密钥",
  "people who sign in": "可登录的人员",
  "lets somebody sign in; the password is asked for, or read from standard input":
    "允许某人登录；密码在提示时输入，或从标准输入读取",
  "signs a user out everywhere and lets them in no more": "使用户在各处退出并禁止再登录",
  "sets a user's password, which is asked for or read from standard input; signs them out, and ends their waiting after wrong ones":
    "设置用户密码（提示输入或从标准输入读取）；使其退出登录，并解除输错密码后的等待",
  "who changed what": "谁改动了什么",
  "who changed what, or took data out, newest first": "谁改动了什么或导出了数据，最近的在前",
  "works out the audit log's chain of hashes anew: an entry that was changed or is missing shows":
    "重新计算审计日志的哈希链：被改动或缺失的条目会显现",
  "how fast it is here: ratios measured side by side": "在本机有多快：并排测得的比值",
  "the demo's customers": "演示用的客户",
  "write customers, orders and order items of a made-up shop as CSV files":
    "写出虚构店铺的客户、订单与订单商品 CSV 文件",
  "make this a demo database: its clock stands at a time and is put forward by demo-world play":
    "将本数据库用于演示：时钟静止，由 demo-world play 推进",
  "let simulated customers and reps live through a run, while the clock is put forward, until it is closed":
    "让模拟的客户与销售经历一次运行，同时推进时钟，直到运行结束",
  "count a finished run's figures again, straight from tables and inbox":
    "直接从数据表与收件箱重新清点已结束运行的数字",
  "what a run has cost in Temporal (actions, events, bytes), and how fast it went":
    "一次运行在 Temporal 上的花费（动作、事件、字节）与速度",
};
