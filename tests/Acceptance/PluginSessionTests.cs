using System.Text.Json.Nodes;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;
using Codexport.Tests.Cli;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Acceptance;

/// <summary>A plugin that the real Codex installed on the master works in the first session on a follower, which knows no marketplace.</summary>
public sealed class PluginSessionTests : IAsyncDisposable
{
    private const string Plugin = "x@market";
    private const string HookKey = Plugin + ":hooks/hooks.json:session_start:0:0";
    private const string Hooks = """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"echo \"${CLAUDE_PLUGIN_ROOT}\" >>\"$HOME/hook-ran\"","timeout":5}]}]}}""";

    // Answers as a server of the Model Context Protocol does, without anything but a shell.
    private const string Server = """
        while read -r line; do
          id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
          case "$line" in
            *'"initialize"'*) echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}}' ;;
            *'"tools/list"'*) echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"tools":[{"name":"the_tool","description":"d","inputSchema":{"type":"object","properties":{}}}]}}' ;;
            *'"id"'*) echo '{"jsonrpc":"2.0","id":'"$id"',"result":{}}' ;;
          esac
        done

        """;

    private readonly CommandLineFixture _fixture = new();
    private readonly ModelServer _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Market => Path.Combine(_fixture.Master, "market");

    [Theory]
    [MemberData(nameof(RealCodex.Versions), MemberType = typeof(RealCodex))]
    public async Task Session_OnTheFollower_HasSkillHookAndServerOfThePlugin_ThroughUpdateAndRemoval(string version)
    {
        var codex = RealCodex.Require(version);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The server of the plugin is a shell script.");
        CommandLineFixture.Write(_fixture.Master, ".codex/config.toml", _model.Configuration);
        PutPlugin("1.0.0", "the skill of the first version");
        await RunAsync(codex, _fixture.Master, "plugin", "marketplace", "add", Market);
        await RunAsync(codex, _fixture.Master, "plugin", "add", Plugin);
        Trust(_fixture.Master);
        await RunAsync(codex, _fixture.Master, "exec", "--skip-git-repo-check", "say hi");
        await _fixture.StartMasterAsync();
        var rebuilt = await _fixture.OnMasterAsync("master", "rebuild", "--json");
        Assert.Contains(rebuilt.Json["warnings"]!.AsArray(), warning => ((string)warning!).Contains("marketplace 'market'", StringComparison.Ordinal));
        var joined = await _fixture.OnFollowerAsync("follower", "join", await _fixture.LinkAsync(), "--apply", "--json");
        Assert.True(joined.ExitCode == 0, joined.Output + joined.Error);
        Assert.Contains($"SessionStart of plugin {Plugin}: echo", joined.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("marketplaces", CommandLineFixture.Read(_fixture.Follower, ".codex/config.toml"), StringComparison.Ordinal);

        await RunAsync(codex, _fixture.Follower, "exec", "--skip-git-repo-check", "say hi");
        var request = _model.Requests[^1];
        Assert.Contains("the skill of the first version", request, StringComparison.Ordinal);
        Assert.Contains("the_tool", request, StringComparison.Ordinal);
        Assert.Equal(
            Path.Combine(_fixture.Follower, ".codex/plugins/cache/market/x/1.0.0"),
            (await File.ReadAllTextAsync(Path.Combine(_fixture.Follower, "hook-ran"), Token)).Trim());
        await RunAsync(codex, _fixture.Follower, "plugin", "list");

        PutPlugin("1.1.0", "the skill of the second version");
        await RunAsync(codex, _fixture.Master, "plugin", "add", Plugin);
        await ApproveAsync(codex, _fixture.Master);
        await PublishAndSyncAsync();
        await RunAsync(codex, _fixture.Follower, "exec", "--skip-git-repo-check", "say hi");
        Assert.Contains("the skill of the second version", _model.Requests[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("the skill of the first version", _model.Requests[^1], StringComparison.Ordinal);
        Assert.EndsWith("/1.1.0", (await File.ReadAllTextAsync(Path.Combine(_fixture.Follower, "hook-ran"), Token)).Trim(), StringComparison.Ordinal);
        Assert.Equal(["1.1.0"], Directory.GetDirectories(Path.Combine(_fixture.Follower, ".codex/plugins/cache/market/x")).Select(Path.GetFileName));

        await RunAsync(codex, _fixture.Master, "plugin", "remove", Plugin);
        await PublishAndSyncAsync();
        Assert.False(Directory.Exists(Path.Combine(_fixture.Follower, ".codex/plugins/cache")));
        await RunAsync(codex, _fixture.Follower, "exec", "--skip-git-repo-check", "say hi");
        Assert.DoesNotContain("the_tool", _model.Requests[^1], StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    private void PutPlugin(string version, string about)
    {
        CommandLineFixture.Write(_fixture.Master, "market/.agents/plugins/marketplace.json",
            """{"name":"market","plugins":[{"name":"x","source":{"source":"local","path":"./plugins/x"},"policy":{"installation":"AVAILABLE","authentication":"ON_INSTALL"},"category":"Productivity"}]}""");
        CommandLineFixture.Write(_fixture.Master, "market/plugins/x/.codex-plugin/plugin.json",
            $$"""{"name":"x","version":"{{version}}","description":"d","skills":"./skills/","mcpServers":"./.mcp.json","hooks":"./hooks/hooks.json"}""");
        CommandLineFixture.Write(_fixture.Master, "market/plugins/x/skills/greet/SKILL.md", $"---\nname: greet\ndescription: {about}\n---\nwords\n");
        CommandLineFixture.Write(_fixture.Master, "market/plugins/x/hooks/hooks.json", Hooks);
        CommandLineFixture.Write(_fixture.Master, "market/plugins/x/.mcp.json", """{"mcpServers":{"server":{"command":"sh","args":["node_modules/server/server.sh"],"cwd":"."}}}""");
        CommandLineFixture.Write(_fixture.Master, "market/plugins/x/node_modules/server/server.sh", Server);
    }

    // What /hooks writes when the person trusts it there.
    private static void Trust(string home)
    {
        var hash = HookTrust.Hash(Assert.Single(HooksFile.Parse(System.Text.Encoding.UTF8.GetBytes(Hooks), "hooks.json").Handlers), PathStyle.Current);
        File.AppendAllText(Path.Combine(home, ".codex/config.toml"), $"\n[hooks.state.\"{HookKey}\"]\ntrusted_hash = \"{hash}\"\n");
    }

    // What /hooks does when the person approves it there.
    private static async Task ApproveAsync(CodexProgram codex, string home)
    {
        var context = new EngineContext(new CodexportHome(home, Path.Combine(home, ".codex")), new PhysicalFileSystem(), TimeProvider.System);
        var environment = new Dictionary<string, string?> { ["CODEX_HOME"] = context.Home.CodexFolder, ["HOME"] = home };
        await using var server = await CodexAppServer.StartAsync(context, codex, environment, Token);
        var hook = Assert.Single(await server.ListHooksAsync(home, Token), hook => hook.Key == HookKey);
        Assert.Equal("modified", hook.TrustStatus);
        var edit = new JsonObject
        {
            ["keyPath"] = "hooks.state",
            ["mergeStrategy"] = "upsert",
            ["value"] = new JsonObject { [HookKey] = new JsonObject { ["trusted_hash"] = hook.Hash } },
        };
        await RunServerAsync(codex, environment, "config/batchWrite", new JsonObject { ["edits"] = new JsonArray(edit), ["reloadUserConfig"] = true });
        Assert.Equal("trusted", Assert.Single(await server.ListHooksAsync(home, Token), hook => hook.Key == HookKey).TrustStatus);
    }

    private static async Task RunServerAsync(CodexProgram codex, Dictionary<string, string?> environment, string method, JsonObject parameters)
    {
        await using var process = ProcessLauncher.Default.Start(new ProcessRequest(codex.Path, ["app-server"]) { Environment = environment });
        foreach (var message in (JsonObject[])
        [
            new() { ["id"] = 1, ["method"] = "initialize", ["params"] = new JsonObject { ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" } } },
            new() { ["method"] = "initialized" },
            new() { ["id"] = 2, ["method"] = method, ["params"] = parameters },
        ])
        {
            await process.Input.WriteLineAsync(message.ToJsonString());
            await process.Input.FlushAsync(Token);
        }

        while (await process.Output.ReadLineAsync(Token) is { } line)
        {
            if (JsonNode.Parse(line) is JsonObject answer && answer["id"]?.ToJsonString() == "2")
            {
                Assert.NotNull(answer["result"]);
                return;
            }
        }

        Assert.Fail("The server ended without an answer.");
    }

    private async Task PublishAndSyncAsync()
    {
        var rebuilt = await _fixture.OnMasterAsync("master", "rebuild", "--json");
        Assert.True(rebuilt.ExitCode == 0, rebuilt.Output + rebuilt.Error);
        var revision = (string)JsonNode.Parse(rebuilt.Output)!["revision"]!;
        var deadline = DateTime.UtcNow.AddMinutes(1);
        while (DateTime.UtcNow < deadline)
        {
            var synced = await _fixture.OnFollowerAsync("sync", "--apply", "--json");
            Assert.True(synced.ExitCode == 0, synced.Output + synced.Error);
            if ((string?)synced.Json["revision"] == revision)
            {
                return;
            }

            await Task.Delay(50, Token);
        }

        Assert.Fail("The server did not take up what was published.");
    }

    private static async Task<string> RunAsync(CodexProgram codex, string home, params string[] arguments)
    {
        var request = new ProcessRequest(codex.Path, arguments)
        {
            WorkingFolder = Directory.CreateDirectory(Path.Combine(home, "work")).FullName,
            Environment = new Dictionary<string, string?> { ["CODEX_HOME"] = Path.Combine(home, ".codex"), ["HOME"] = home },
        };
        var outcome = await ProcessLauncher.Default.RunAsync(request, Token);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        return outcome.Output;
    }
}
