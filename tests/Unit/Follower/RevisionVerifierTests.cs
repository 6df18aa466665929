using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Follower;

public sealed class RevisionVerifierTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    private string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(PublicKey));

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Steps_WhenOutOfOrder_AreRefused()
    {
        Assert.Throws<InvalidOperationException>(() => Verifier().AcceptDocument(default));
        Assert.Throws<InvalidOperationException>(() => Verifier().Complete(_ => true));
        var verifier = Verifier();
        Assert.Throws<CodexportException>(() => verifier.AcceptHead("{}"u8.ToArray()));
        Assert.Throws<InvalidOperationException>(() => verifier.AcceptHead("{}"u8.ToArray()));
    }

    [Fact]
    public void Head_WhenBytesAreKnown_NeedsNoKey()
    {
        var mark = new HeadMark(Fingerprint, 7, Sha256Hash.Of("x"u8), Now.AddDays(1), [1, 2, 3]);
        var verifier = new RevisionVerifier(Rules(mark) with { PublicKey = [] });
        Assert.Same(mark, verifier.AcceptHead([1, 2, 3]));
    }

    [Theory]
    [InlineData(6, "other", ErrorCode.HeadReplayed)]
    [InlineData(6, "same", ErrorCode.HeadReplayed)]
    [InlineData(7, "other", ErrorCode.HeadConflict)]
    [InlineData(7, "same", null)]
    [InlineData(8, "same", null)]
    [InlineData(8, "other", null)]
    public void Head_WhenSequenceIs_IsJudged(long sequence, string revision, ErrorCode? code)
    {
        var mark = new HeadMark(Fingerprint, 7, Sha256Hash.Of("same"u8), Now.AddDays(1), [1]);
        var envelope = Sign(Sha256Hash.Of(Encoding.UTF8.GetBytes(revision)), sequence);
        var verifier = Verifier(mark);
        Assert.Equal(code, Record.Exception(() => verifier.AcceptHead(envelope)) is CodexportException error ? error.Code : null);
    }

    [Fact]
    public void Head_AtTheMomentItExpires_Warns()
    {
        var verifier = Verifier();
        verifier.AcceptHead(Sign(default, 1, Now));
        Assert.Single(verifier.Warnings);
        verifier = Verifier();
        verifier.AcceptHead(Sign(default, 1, Now.AddSeconds(1)));
        Assert.Empty(verifier.Warnings);
    }

    [Theory]
    [InlineData("skills/con/SKILL.md")]
    [InlineData("skills/NUL.txt")]
    [InlineData("skills/a:b")]
    [InlineData("skills/a ")]
    [InlineData("skills/a.")]
    [InlineData("skills/what?")]
    [InlineData("C:evil")]
    public void Path_WhenWindowsCannotHoldIt_IsRefusedThereByName(string path)
    {
        var document = Document((path, 1));
        var windows = new ReceivablePaths(PathRules.Windows, IsCaseSensitive: false, 1024);
        var error = Assert.Throws<CodexportException>(() => windows.Require(document));
        Assert.Equal(ErrorCode.PathInvalid, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        new ReceivablePaths(PathRules.Unix, IsCaseSensitive: true, 1024).Require(document);
    }

    [Theory]
    [InlineData("skills/A/x", "skills/a/x")]
    [InlineData("AGENTS.md", "agents.MD")]
    [InlineData("skills/\u00c9", "skills/\u00e9")]
    public void Paths_WhenTheyDifferInCaseAlone_AreRefusedWhereCaseDoesNotCount(string first, string second)
    {
        var document = Document((first, 1), (second, 2));
        Assert.Throws<CodexportException>(() => new ReceivablePaths(PathRules.Windows, IsCaseSensitive: false, 1024).Require(document));
        new ReceivablePaths(PathRules.Unix, IsCaseSensitive: true, 1024).Require(document);
    }

    [Fact]
    public void Limits_AreNamedWhenPassed()
    {
        var document = Document(("skills/a", 1), ("skills/b", 2), ("skills/c", 3));
        Refused(Limits.Default with { MaxFiles = 2 }, "2 files");
        Refused(Limits.Default with { MaxBundleSize = 5 }, "5 bytes of all contents");
        Refused(Limits.Default with { MaxFileSize = 2 }, "2 bytes of a file");
        Refused(Limits.Default with { MaxDocumentSize = 100 }, "100 bytes of a revision document");

        void Refused(Limits limits, string named)
        {
            var canonical = RevisionCodec.Write(document);
            var verifier = new RevisionVerifier(Rules(null) with { Limits = limits });
            verifier.AcceptHead(Sign(Sha256Hash.Of(canonical), 1));
            var error = Assert.Throws<CodexportException>(() => verifier.AcceptDocument(canonical));
            Assert.Equal(ErrorCode.LimitExceeded, error.Code);
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sizes_WhenOneHashHasTwo_AreRefused()
    {
        var hash = Sha256Hash.Of("x"u8);
        var canonical = RevisionCodec.Write(new RevisionDocument(
            [new RevisionFile("skills/a", false, 1, hash), new RevisionFile("skills/b", false, 2, hash)]));
        var verifier = Verifier();
        verifier.AcceptHead(Sign(Sha256Hash.Of(canonical), 1));
        Assert.Equal(ErrorCode.ProtocolViolation, Assert.Throws<CodexportException>(() => verifier.AcceptDocument(canonical)).Code);
    }

    [Fact]
    public void Complete_WhenAContentIsMissing_NamesTheFile()
    {
        var canonical = RevisionCodec.Write(Document(("skills/a", 1), ("skills/b", 2)));
        var verifier = Verifier();
        verifier.AcceptHead(Sign(Sha256Hash.Of(canonical), 1));
        var document = verifier.AcceptDocument(canonical);
        var error = Assert.Throws<CodexportException>(() => verifier.Complete(hash => hash != document.Files[1].Hash));
        Assert.Equal((ErrorCode.ContentMismatch, "skills/b"), (error.Code, error.Target));
    }

    [Property]
    public Property AnyDocument_AsDeltaOrWhole_GivesTheSameRevision() => Prop.ForAll(
        Documents(), Documents(), (from, to) =>
        {
            var canonical = RevisionCodec.Write(to);
            var (whole, delta) = (Verifier(), Verifier());
            var envelope = Sign(Sha256Hash.Of(canonical), 1);
            whole.AcceptHead(envelope);
            delta.AcceptHead(envelope);
            whole.AcceptDocument(canonical);
            delta.AcceptDelta(from, RevisionCodec.WriteDelta(from, to));
            return whole.Complete(_ => true).Canonical.Span.SequenceEqual(delta.Complete(_ => true).Canonical.Span);
        });

    [Property]
    public Property AnyChangedByte_OfHeadOrDocument_IsRefused() => Prop.ForAll(
        Documents(), Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Gen.Choose(1, 255).ToArbitrary(), (document, place, change) =>
        {
            var canonical = RevisionCodec.Write(document);
            var envelope = Sign(Sha256Hash.Of(canonical), 1);
            return IsRefused(Flip(envelope), canonical) && IsRefused(envelope, Flip(canonical));

            byte[] Flip(byte[] bytes)
            {
                byte[] copy = [.. bytes];
                copy[place % copy.Length] ^= (byte)change;
                return copy;
            }
        });

    [Property]
    public Property AnyNeededContents_AreWhatTheBaseLacksOnceEach() => Prop.ForAll(
        Documents(), Documents(), (from, to) =>
        {
            var needed = RevisionVerifier.NeededContents(to, from).Select(content => content.Hash).ToList();
            var known = from.Files.Select(file => file.Hash).ToHashSet();
            return needed.Distinct().Count() == needed.Count
                && needed.ToHashSet().SetEquals(to.Files.Select(file => file.Hash).Where(hash => !known.Contains(hash)));
        });

    // Smaller by a file.
    private static Arbitrary<RevisionDocument> Documents() => Arb.From(
        from names in Gen.ListOf(Gen.Elements("a", "b", "c/x", "c/y", "d/e/f", "g", "h.md", "\u00fc"))
        from seeds in Gen.ArrayOf(Gen.Choose(0, 5), 10)
        select Document([.. names.Distinct().Select((name, index) => ("skills/" + name, seeds[index % 10]))]),
        document => document.Files.Select(file => new RevisionDocument(document.Files.Where(other => other != file))));

    private static RevisionDocument Document(params (string Path, int Seed)[] files) => new(files.Select(file => new RevisionFile(
        file.Path, file.Seed % 2 == 0, file.Seed, Sha256Hash.Of(Encoding.UTF8.GetBytes(file.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture))))));

    private bool IsRefused(byte[] envelope, byte[] canonical)
    {
        try
        {
            var verifier = Verifier();
            verifier.AcceptHead(envelope);
            verifier.AcceptDocument(canonical);

            // White space and escapes in the envelope, outside of what is signed, may change without changing what it says.
            return verifier.Complete(_ => true).Revision == Sha256Hash.Of(canonical) && envelope.Length > 0 && canonical.Length > 0
                && HeadCodec.Verify(envelope, PublicKey, Fingerprint).Revision == Sha256Hash.Of(canonical);
        }
        catch (CodexportException)
        {
            return true;
        }
    }

    private byte[] Sign(Sha256Hash revision, long sequence, DateTimeOffset? expires = null)
        => HeadCodec.Sign(new Head(revision, sequence, Now.AddDays(-1), expires ?? Now.AddDays(1)), _key, Fingerprint);

    private RevisionVerifier Verifier(HeadMark? mark = null) => new(Rules(mark));

    private VerificationRules Rules(HeadMark? mark)
        => new(Fingerprint, PublicKey, mark, Limits.Default, new ReceivablePaths(PathRules.Unix, IsCaseSensitive: true, 1024), Now);
}
