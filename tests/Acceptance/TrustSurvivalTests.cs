using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Homes;
using Codexport.Engine.HookSetup;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Toml;
using Codexport.Tests.Follower;

namespace Codexport.Tests.Acceptance;

/// <summary>What Codex itself says about trust while the master's hooks come, move and go.</summary>
public sealed class TrustSurvivalTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();
    private readonly CodexProgram? _codex = RealCodex.Find();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private EngineContext Context => _home.Context with
    {
        Environment = name => name switch
        {
            "PATH" => Path.GetDirectoryName(_codex!.Path) + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
            "HOME" or "USERPROFILE" => _home.Folder,
            _ => null,
        },
    };

    private FollowerOperations Operations => new(Context, _home.Services);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Apply_WhenTheMasterReordersItsHooks_KeepsEveryTrustWithItsHook()
    {
        RealCodex.Require();
        Publish(["echo trusted"]);
        await Operations.JoinAsync(new JoinOptions(_master.Link, Apply: true, Adopt: false), Token);
        await new HookOperations(Context).InstallAsync(new HookInstallOptions { Runner = HookRunner.Native, Program = "/opt/codexport" }, Token);
        var local = TrustLocally("echo mine");

        Publish(["echo new", "echo trusted", "echo other"]);
        var result = await Operations.SyncAsync(new SyncOptions(Apply: true), Token);
        var after = await ListAsync();
        Publish(["echo other"]);
        await Operations.SyncAsync(new SyncOptions(Apply: true), Token);
        var last = await ListAsync();

        Assert.Equal(SyncStatus.Applied, result.Status);
        Assert.EndsWith("hooks.json:session_start:0:0", after.Single(hook => CodexportHook.IsOurs(hook.Command)).Key, StringComparison.Ordinal);
        Assert.Equal(
            [("/opt/codexport sync --apply --quick", "trusted"), ("echo mine", "trusted"), ("echo new", "untrusted"), ("echo other", "untrusted"), ("echo trusted", "trusted")],
            after.Select(hook => (hook.Command!, hook.TrustStatus)).Order());
        Assert.Equal(
            [("/opt/codexport sync --apply --quick", "trusted"), ("echo mine", "trusted"), ("echo other", "untrusted")],
            last.Select(hook => (hook.Command!, hook.TrustStatus)).Order());
        Assert.Equal("sha256:elsewhere", local["/elsewhere/hooks.json:stop:0:0"].TrustedHash);
        Assert.Equal("sha256:elsewhere", States()["/elsewhere/hooks.json:stop:0:0"].TrustedHash);
        Assert.Equal(3, States().Count);
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    private void Publish(string[] commands)
    {
        var groups = commands.Select(command => $"{{\"hooks\":[{{\"type\":\"command\",\"command\":\"{command}\"}}]}}");
        var text = Encoding.UTF8.GetBytes($"{{\"hooks\":{{\"SessionStart\":[{string.Join(',', groups)}]}}}}");
        var trusted = HooksFile.Parse(text, "x").Handlers.Where(handler => handler.Command == "echo trusted").Select(handler => HookTrust.Hash(handler, PathStyle.Current)!);
        _master.Publish(new RevisionDocument([_master.File("hooks.json", text), _master.File("config.toml", "model = \"x\"\n"u8.ToArray())], trusted));
    }

    // A hook of the person's own, trusted in Codex, behind the others.
    private IReadOnlyDictionary<string, HookState> TrustLocally(string command)
    {
        var hooks = Path.Combine(Context.Home.CodexFolder, "hooks.json");
        var text = File.ReadAllText(hooks);
        var end = text.LastIndexOf(']');
        File.WriteAllText(hooks, text[..end] + $",{{\"hooks\":[{{\"type\":\"command\",\"command\":\"{command}\"}}]}}" + text[end..]);
        var mine = HooksFile.Parse(File.ReadAllBytes(hooks), hooks).Handlers.Single(handler => handler.Command == command);
        File.AppendAllText(
            Path.Combine(Context.Home.CodexFolder, "config.toml"),
            $"\n[hooks.state.\"{HookTrust.StateKey(hooks, mine)}\"]\ntrusted_hash = \"{HookTrust.Hash(mine, PathStyle.Current)}\"\n\n"
            + "[hooks.state.\"/elsewhere/hooks.json:stop:0:0\"]\ntrusted_hash = \"sha256:elsewhere\"\n");
        return States();
    }

    private IReadOnlyDictionary<string, HookState> States()
        => TomlHooks.ReadStates(TomlDocument.Parse(File.ReadAllBytes(Path.Combine(Context.Home.CodexFolder, "config.toml"))).Root);

    private async Task<IReadOnlyList<ListedHook>> ListAsync()
    {
        await using var server = await CodexAppServer.StartAsync(Context, _codex!, CodexProgram.EnvironmentFor(Context.Home), Token);
        return await server.ListHooksAsync(Context.Home.CodexFolder, Token);
    }
}
