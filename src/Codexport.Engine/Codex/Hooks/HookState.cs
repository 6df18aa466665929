namespace Codexport.Engine.Codex.Hooks;

/// <summary>One entry of <c>[hooks.state]</c> in <c>config.toml</c>.</summary>
/// <param name="TrustedHash">The hash that the person trusted; null when none.</param>
/// <param name="IsEnabled">False when <c>enabled = false</c>.</param>
internal sealed record HookState(string? TrustedHash, bool IsEnabled);
