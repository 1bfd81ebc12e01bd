export async function ping(): Promise<object> {
  return {};
}
