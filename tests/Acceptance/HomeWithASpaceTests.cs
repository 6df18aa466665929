using System.Text;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Compose;
using Codexport.Engine.Homes;
using Codexport.Engine.Homes.Commands;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Toml;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Acceptance;

/// <summary>A hook of a master whose home has a plain path, run by the real Codex in a home whose path a shell would split.</summary>
public sealed class HomeWithASpaceTests : IAsyncDisposable
{
    private readonly ModelServer _model = new();
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("codexport-space-");

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        _root.Delete(recursive: true);
    }

    [Theory]
    [InlineData("Bob Smith", "/home/alice/.codex/hooks/guard.sh")]
    [InlineData("O'Brien $HOME", "sh -c 'exec /home/alice/.codex/hooks/guard.sh'")]
    [InlineData("new \"all\" (x)", "bash -lc \"/home/alice/.codex/hooks/guard.sh\"")]
    public async Task Hook_RunsTheFile_WithTheTrustThatArrivesWithIt(string name, string written)
    {
        RealCodex.Require();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The hook is a shell script.");
        var token = TestContext.Current.CancellationToken;
        var home = Path.Combine(_root.FullName, name, ".codex");
        Directory.CreateDirectory(Path.Combine(home, "hooks"));
        var guard = Path.Combine(home, "hooks", "guard.sh");
        await File.WriteAllTextAsync(guard, "#!/bin/sh\necho ran >\"$(dirname \"$0\")/ran\"\n", token);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(guard, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        var portable = new PortablePaths(PathStyle.Unix, "/home/alice", "/home/alice/.codex").EncodeCommand(written, CommandLanguage.Sh);
        var json = $$$"""{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"{{{portable.Replace("\"", "\\\"", StringComparison.Ordinal)}}}"}]}]}}""";
        var hooks = LocalHooks.Of(Encoding.UTF8.GetBytes(json), new PortablePaths(PathStyle.Unix, Path.GetDirectoryName(home)!, home), "hooks.json");
        await File.WriteAllTextAsync(Path.Combine(home, "hooks.json"), hooks.Text, token);
        var handler = Assert.Single(hooks.Handlers).Here;
        var config = TomlDocument.Parse(_model.Configuration);
        config.Set(["hooks", "state", HookTrust.StateKey(Path.Combine(home, "hooks.json"), handler), "trusted_hash"], HookTrust.Hash(handler, PathStyle.Unix)!);
        await File.WriteAllTextAsync(Path.Combine(home, "config.toml"), config.ToString(), token);

        var request = new ProcessRequest(RealCodex.Find()!.Path, ["exec", "--skip-git-repo-check", "say hi"])
        {
            WorkingFolder = _root.FullName,
            Environment = new Dictionary<string, string?> { ["CODEX_HOME"] = home, ["HOME"] = Path.GetDirectoryName(home) },
        };
        var outcome = await ProcessLauncher.Default.RunAsync(request, token);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.True(File.Exists(Path.Combine(home, "hooks", "ran")), $"{handler.Command}\n{outcome.Output}{outcome.Error}");
    }
}
