/** The language of what is printed: known before the rest of the configuration, and when that is wrong. */
export function localeOf(env: NodeJS.ProcessEnv): "en" | "zh-CN" {
  const language = env.REKINDLE_LANG || env.LC_ALL || env.LANG || "en";
  return language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}
