using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;

namespace Codexport.Tests.Acceptance;

/// <summary>What Codex itself makes of hooks that are not as they should be.</summary>
public sealed class HooksShapeTests
{
    private const string Good = """{"hooks":[{"type":"command","command":"good"}]}""";

    private static readonly string[] Groups =
    [
        "\"x\"", "3", "null", "[]", "[\"m\"]", "[null,[]]", "[\"m\",[{\"type\":\"command\",\"command\":\"a\"}]]", "[\"m\",[],7]", "[3]", "[null,3]",
        "{}", "{\"matcher\":\"a\"}", "{\"matcher\":null,\"hooks\":[]}", "{\"matcher\":3}", "{\"matcher\":[\"a\"]}", "{\"matcher\":\"([\",\"hooks\":[]}",
        "{\"hooks\":null}", "{\"hooks\":\"x\"}", "{\"hooks\":{}}", "{\"zap\":[],\"zap\":1,\"hooks\":[]}", "{\"hooks\":[],\"hooks\":[]}",
        "{\"matcher\":\"a\",\"matcher\":\"a\"}", "{\"zap\":1e999}", "{\"zap\":\"\\ud800\"}",
    ];

    private static readonly string[] Handlers =
    [
        "\"x\"", "null", "3", "{}", "{\"type\":null}", "{\"type\":\"zap\"}", "{\"type\":\"command\"}", "{\"type\":\"command\",\"command\":3}", "{\"command\":\"a\"}",
        "{\"type\":\"prompt\"}", "{\"type\":\"agent\",\"timeout\":\"x\"}", "{\"type\":\"mcp_tool\"}", "{\"type\":\"mcp_tool\",\"server\":\"s\"}",
        "{\"type\":\"mcp_tool\",\"server\":\"s\",\"tool\":\"t\"}", "{\"type\":\"mcp_tool\",\"server\":\"s\",\"tool\":\"t\",\"timeout\":\"x\"}",
        "[\"command\",\"a\"]", "{\"type\":\"command\",\"type\":\"command\",\"command\":\"a\"}", "{\"type\":\"command\",\"command\":\"a\",\"command\":\"a\"}",
    ];

    private static readonly string[] Options =
    [
        "\"timeout\":0", "\"timeout\":null", "\"timeout\":-1", "\"timeout\":1.5", "\"timeout\":5.0", "\"timeout\":1e1", "\"timeout\":\"x\"",
        "\"timeout\":18446744073709551616", "\"timeout\":1,\"timeout\":1", "\"timeoutSec\":\"x\"", "\"async\":true", "\"async\":null", "\"async\":\"x\"",
        "\"statusMessage\":3", "\"statusMessage\":null", "\"status_message\":3", "\"additionalContextLimit\":\"x\"", "\"additionalContextLimit\":null",
        "\"additionalContextLimit\":-1", "\"commandWindows\":3", "\"commandWindows\":null", "\"command_windows\":3", "\"zap\":1,\"zap\":2",
        "\"commandWindows\":\"a\",\"command_windows\":\"b\"", "\"matcher\":3",
    ];

    private static readonly string[] Files =
    [
        $"{{\"hooks\":{{\"Stop\":[{Good}],\"Zap\":3}}}}", $"{{\"hooks\":{{\"Stop\":[{Good}],\"session_start\":3,\"Zap\":[{{\"hooks\":3}}]}}}}",
        $"{{\"hooks\":{{\"Stop\":[{Good}],\"SessionStart\":null}}}}", $"{{\"hooks\":{{\"Stop\":[{Good}],\"Interrupt\":{{}}}}}}",
        $"{{\"hooks\":{{\"Stop\":[{Good}],\"PreModelRequest\":3}}}}", $"{{\"hooks\":{{\"Stop\":[{Good}],\"PostModelRequest\":3}}}}",
        $"{{\"hooks\":{{\"Stop\":[{Good}],\"PostCompact\":3}}}}", $"{{\"zap\":1,\"hooks\":{{\"Stop\":[{Good}]}}}}",
        $"{{\"SessionStart\":[],\"hooks\":{{\"Stop\":[{Good}]}}}}", $"{{\"description\":\"x\",\"hooks\":{{\"Stop\":[{Good}]}}}}",
        $"{{\"description\":null,\"hooks\":{{\"Stop\":[{Good}]}}}}", $"{{\"description\":3,\"hooks\":{{\"Stop\":[{Good}]}}}}",
    ];

    [Fact]
    public async Task ProblemOf_IsThereExactlyWhereCodexReadsNoHookOfTheFile()
    {
        var codex = RealCodex.Require();
        using var home = new CodexHome(withCodex: true);
        await using var server = await CodexAppServer.StartAsync(
            home.Context, codex, CodexProgram.EnvironmentFor(home.Context.Home), TestContext.Current.CancellationToken);
        var handlers = Handlers.Concat(Options.Select(option => $"{{\"type\":\"command\",\"command\":\"a\",{option}}}")).Select(handler => $"{{\"hooks\":[{handler}]}}");
        var wrong = new List<string>();
        foreach (var text in Files.Concat(Groups.Concat(handlers).Select(group => $"{{\"hooks\":{{\"SessionStart\":[{group},{Good}]}}}}")))
        {
            await File.WriteAllTextAsync(home.HooksFile, text, TestContext.Current.CancellationToken);
            var listed = await server.ListHooksAsync(home.Root, TestContext.Current.CancellationToken);
            var problem = HooksShape.ProblemOf(RawJson.Parse(Encoding.UTF8.GetBytes(text)));
            var good = listed.Where(hook => hook.Command == "good").ToList();
            if (good.Count == 0 == problem is null)
            {
                wrong.Add($"{text}: Codex lists {listed.Count}, '{problem}'");
            }

            // Whatever stands before it, it keeps the number of its place.
            Assert.All(good, hook => Assert.EndsWith(text.Contains("\"Stop\"", StringComparison.Ordinal) ? ":stop:0:0" : ":session_start:1:0", hook.Key, StringComparison.Ordinal));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
