import type { Locale } from "../problem.ts";

/** Every word of the hosted pages. */
export const TEXTS: Record<Locale, Words> = { en: english(), "zh-CN": chinese() };
type Words = ReturnType<typeof english>;

function english() {
  return {
    link: {
      forged: "This link does not work",
      forgedBody: "Part of it may have been lost on the way. Please open it again from the message.",
      expired: "This link has expired",
      expiredBody: "It was only good for a while. Nothing has been changed; the newest message has a fresh one.",
      gone: "There is nothing here any more",
      goneBody: "The account behind this link no longer exists.",
      trouble: "That did not work",
      troubleBody: "Something is wrong on our side. Please try again in a few minutes.",
    },
    checkIn: {
      title: (day: number, days: number) => `Day ${day} of ${days}`,
      button: "Check in",
      soFar: (count: number, days: number) => `${count} of ${days} days checked in so far.`,
      done: "Checked in!",
      streak: (days: number) => (days === 1 ? "1 day" : `${days} days in a row`),
      points: (points: number) => `+${points} points`,
      gift: (name: string) => `🎁 You have earned a gift: ${name}. We will be in touch about it.`,
      noGift: (name: string) => `You have earned ${name}, but it has just run out. We are sorry.`,
      already: "Already checked in",
      alreadyBody: (day: number) => `Day ${day} is counted. See you tomorrow!`,
      tooLate: "This day is over",
      tooLateBody: (day: number) =>
        `Day ${day} could be checked in until two days after it ended. Today's message has today's link.`,
      notYet: "A little early",
      notYetBody: (day: number) => `Day ${day} has not begun yet. Please come back then.`,
      over: "This challenge is over",
      overBody: "Thank you for having been part of it.",
      noted: "Noted",
      notedBody:
        "Your check-in is stored. We are busy at the moment: points and gifts follow shortly; open this page again to see them.",
    },
    survey: {
      title: "How was it?",
      button: "Send",
      rate: (most: number) => `Your rating, 1 to ${most} (${most} is best)`,
      why: "What made you choose it? (optional)",
      empty: "Please choose a rating.",
      thanks: "Thank you!",
      thanksBody: "Your answer helps us to do better.",
      over: "This survey is closed",
      overBody: "Thank you for taking the time.",
    },
    preferences: {
      title: "Your messages",
      ask: "Stop these messages?",
      askBody: "You will not get offers and campaigns from us here any more.",
      stop: "Unsubscribe",
      start: "Subscribe again",
      still: "Messages about your orders and your questions are not affected.",
      stopped: "You are unsubscribed",
      stoppedBody: "It is done; you will not get such messages any more.",
      on: "You get offers and campaigns from us here.",
      off: "You do not get offers and campaigns from us here.",
    },
    shop: { title: "Welcome back", body: "Please go on in our shop; your code is in the message." },
  };
}

function chinese(): Words {
  return {
    link: {
      forged: "链接无效",
      forgedBody: "链接可能不完整，请从原消息中重新打开。",
      expired: "链接已过期",
      expiredBody: "此链接已超过有效期，没有做任何更改。最新的消息中有新链接。",
      gone: "内容已不存在",
      goneBody: "该链接对应的账户已不存在。",
      trouble: "操作未成功",
      troubleBody: "我们这边出了点问题，请几分钟后再试。",
    },
    checkIn: {
      title: (day, days) => `第 ${day} 天 / 共 ${days} 天`,
      button: "立即打卡",
      soFar: (count, days) => `已打卡 ${count} 天，共 ${days} 天。`,
      done: "打卡成功！",
      streak: (days) => `连续 ${days} 天`,
      points: (points) => `+${points} 积分`,
      gift: (name) => `🎁 恭喜获得礼品：${name}，我们会尽快与您联系。`,
      noGift: (name) => `您已达成「${name}」的领取条件，可惜刚刚发完，非常抱歉。`,
      already: "已经打过卡了",
      alreadyBody: (day) => `第 ${day} 天已计入，明天见！`,
      tooLate: "这一天已经结束",
      tooLateBody: (day) => `第 ${day} 天的打卡在当天结束两天后截止。今天的消息里有今天的链接。`,
      notYet: "还没到时间",
      notYetBody: (day) => `第 ${day} 天尚未开始，请届时再来。`,
      over: "挑战已结束",
      overBody: "感谢您的参与。",
      noted: "已记录",
      notedBody: "您的打卡已保存。目前较为繁忙，积分和礼品稍后到账，可重新打开此页查看。",
    },
    survey: {
      title: "感觉如何？",
      button: "提交",
      rate: (most) => `请打分：1 到 ${most} 分（${most} 分最好）`,
      why: "为什么这样打分？（选填）",
      empty: "请先选择一个分数。",
      thanks: "谢谢！",
      thanksBody: "您的反馈会帮助我们做得更好。",
      over: "调查已结束",
      overBody: "感谢您抽出时间。",
    },
    preferences: {
      title: "消息设置",
      ask: "不再接收此类消息？",
      askBody: "之后您将不再通过此渠道收到我们的优惠和活动消息。",
      stop: "退订",
      start: "重新订阅",
      still: "与您的订单和咨询有关的消息不受影响。",
      stopped: "已退订",
      stoppedBody: "操作成功，您不会再收到此类消息。",
      on: "您目前会收到我们的优惠和活动消息。",
      off: "您目前不会收到我们的优惠和活动消息。",
    },
    shop: { title: "欢迎回来", body: "请前往我们的商店继续，您的优惠码在消息中。" },
  };
}
