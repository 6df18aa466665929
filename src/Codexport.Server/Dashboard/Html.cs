using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Codexport.Server.Dashboard;

/// <summary>
/// Markup. It is made of literal text in the program and of values that are always encoded, so that no name or word from elsewhere can
/// become a tag, an attribute or a script: <c>Html.Of($"&lt;b&gt;{name}&lt;/b&gt;")</c>. Attributes are always written in quotation marks.
/// </summary>
internal readonly struct Html
{
    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    /// <summary>Nothing.</summary>
    public static Html Empty => default;

    /// <summary>Markup with encoded values in it.</summary>
    public static Html Of(HtmlHandler markup) => new(markup.Text);

    /// <summary>Markup where something holds, nothing elsewhere.</summary>
    public static Html If(bool holds, Func<Html> markup) => holds ? markup() : Empty;

    /// <summary>A piece for each item.</summary>
    public static Html Each<T>(IEnumerable<T> items, Func<T, Html> markup)
    {
        var all = new StringBuilder();
        foreach (var item in items)
        {
            all.Append(markup(item)._markup);
        }

        return new Html(all.ToString());
    }

    /// <inheritdoc/>
    public override string ToString() => _markup ?? string.Empty;
}

/// <summary>Puts markup together: what is literal as it is, what is a value encoded, what is markup already as it is.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlHandler(int literalLength, int formattedCount)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new(literalLength + (formattedCount * 24));

    /// <summary>The markup so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Adds literal text of the program.</summary>
    public void AppendLiteral(string text) => _text.Append(text);

    /// <summary>Adds markup.</summary>
    public void AppendFormatted(Html markup) => _text.Append(markup.ToString());

    /// <summary>Adds a text, encoded for elements and for attributes in quotation marks.</summary>
    public void AppendFormatted(string? text) => _text.Append(Encoder.Encode(text ?? string.Empty));

    /// <summary>Adds a number as attributes and addresses have it.</summary>
    public void AppendFormatted(long number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));
}
