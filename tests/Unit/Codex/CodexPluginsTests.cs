using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Codex;

/// <summary>What belongs to a plugin, by its names alone.</summary>
public sealed class CodexPluginsTests
{
    [Theory]
    [InlineData("x@market", "plugins/cache/market/x")]
    [InlineData("a.b-c@team market", "plugins/cache/team market/a.b-c")]
    [InlineData("x", null)]
    [InlineData("@market", null)]
    [InlineData("x@", null)]
    [InlineData("..@market", null)]
    [InlineData("x@..", null)]
    [InlineData("../../x@market", null)]
    [InlineData("x@a/b", null)]
    [InlineData("x\\y@market", null)]
    [InlineData("x@C:", null)]
    [InlineData("x@y@z", null)]
    public void Folder_IsBelowTheCacheOrThereIsNone(string plugin, string? folder) => Assert.Equal(folder, CodexPlugins.FolderOf(plugin));

    [Theory]
    [InlineData("x@market:hooks/hooks.json:session_start:0:0", "x@market")]
    [InlineData("/home/ann@work/.codex/hooks.json:stop:0:0", null)]
    [InlineData("C:\\Users\\ann@work\\.codex\\hooks.json:stop:0:0", null)]
    [InlineData("x@market", null)]
    public void HookState_IsOfAPluginOrOfAFile(string key, string? plugin) => Assert.Equal(plugin, CodexPlugins.OfHookState(key));

    [Theory]
    [InlineData("plugins/cache/m/x/1.0/skills/a/SKILL.md", true)]
    [InlineData("plugins/cache/m/x/1.0/node_modules/dep/node_modules/deep/index.js", true)]
    [InlineData("plugins/cache/m/x/plugin.json", true)]
    [InlineData("plugins/cache/m/x", false)]
    [InlineData("plugins/cache/list.json", false)]
    [InlineData("plugins/cache", false)]
    [InlineData("plugins/installed.json", false)]
    [InlineData("plugins/data/m/x/1.0/state", false)]
    [InlineData("Plugins/cache/m/x/1.0/a", false)]
    [InlineData("plugins/cache/m/x/1.0/.git/config", false)]
    [InlineData("plugins/cache/m/x/1.0/.env", false)]
    [InlineData("plugins/cache/m/x/1.0/state.sqlite", false)]
    [InlineData("plugins/cache/m/x/1.0/.codexport/state/enrollment.json", false)]
    [InlineData("skills/a/node_modules/dep/index.js", false)]
    [InlineData("hooks/plugins/cache/m/x/node_modules/dep/index.js", false)]
    public void Follower_TakesCodeOfPluginsAndNothingElseOfThem(string path, bool isTaken)
    {
        var paths = new ReceivablePaths(PathRules.Portable, IsCaseSensitive: true, MaxPathSize: 1024);
        var document = new RevisionDocument([new RevisionFile(path, false, 0, default)]);
        if (isTaken)
        {
            paths.Require(document);
        }
        else
        {
            Assert.Equal(ErrorCode.PathInvalid, Assert.Throws<CodexportException>(() => paths.Require(document)).Code);
        }
    }

    [Fact]
    public void Document_WithCodeOfAPlugin_IsOfTheFormatThatOlderFollowersRefuseAsAWhole()
    {
        Assert.Equal(RevisionDocument.FormatWithMoreRoots, new RevisionDocument([new RevisionFile("plugins/cache/m/x/1/a", false, 0, default)]).LeastFormat);
        Assert.Equal(RevisionDocument.Format, new RevisionDocument([new RevisionFile("hooks/plugins/a", false, 0, default)]).LeastFormat);
    }
}
