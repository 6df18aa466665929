using System.Text;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Toml;

/// <summary>Our side of what Codex and we say; the real Codex is asked in the acceptance tests.</summary>
public sealed class TomlBorderTests
{
    [Fact]
    public void Parse_AtTheBorders_JudgesAsCodexDoes()
        => Assert.Empty(TomlBorderCases.Agreed.Where(border => IsTaken(border.Text) != border.IsTaken).Select(border => TomlBorderCases.Show(border.Text)));

    [Fact]
    public void Parse_WhereWeDifferFromCodex_Refuses()
        => Assert.Empty(TomlBorderCases.RefusedByUsAlone.Where(border => IsTaken(border.Text)).Select(border => border.Reason));

    private static bool IsTaken(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!TomlDocument.TryParse(bytes, null, out var document, out _))
        {
            return false;
        }

        Assert.Equal(bytes, document.ToBytes());
        return true;
    }
}
