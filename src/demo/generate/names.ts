import type { Random } from "./random.ts";

export interface Named {
  name: string;
  /** letters for an e-mail address */
  latin: string;
}

const SURNAMES =
  "王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu 郭guo 何he 林lin 高gao 罗luo 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 邓deng 冯feng 韩han 曹cao 曾zeng 彭peng 萧xiao 蔡cai 潘pan 田tian 董dong 袁yuan 于yu 余yu".split(
    " ",
  );
const GIVEN =
  "伟wei 芳fang 娜na 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie 娟juan 涛tao 明ming 超chao 霞xia 平ping 刚gang 欣xin 怡yi 婷ting 宇yu 浩hao 佳jia 琳lin 博bo 晨chen 雪xue 文wen 慧hui 俊jun 思si 雨yu 子zi 嘉jia 梦meng 然ran 晓xiao".split(
    " ",
  );
const ENGLISH_FIRST =
  "Alice Ben Carol David Emma Frank Grace Henry Iris Jack Kate Leo Mia Noah Olive Paul Quinn Rose Sam Tina Uma Victor Wendy Xenia Yara Zoe".split(
    " ",
  );
const ENGLISH_LAST =
  "Adams Baker Clark Davis Evans Foster Green Harris Irwin Jones King Lewis Moore Nolan Owens Parker Reed Scott Turner Underwood Vance Walker Young".split(
    " ",
  );

export function drawName(random: Random, locale: "zh-CN" | "en"): Named {
  if (locale === "en") {
    const [first, last] = [random.pick(ENGLISH_FIRST), random.pick(ENGLISH_LAST)];
    return { name: `${first} ${last}`, latin: `${first}.${last}`.toLowerCase() };
  }
  const parts = [random.pick(SURNAMES), random.pick(GIVEN), ...(random.chance(0.65) ? [random.pick(GIVEN)] : [])];
  return { name: parts.map((part) => part[0]).join(""), latin: parts.map((part) => part.slice(1)).join("") };
}
