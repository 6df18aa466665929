param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    $version = (Import-PowerShellDataFile (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).FullName).ModuleVersion
    $package = Join-Path $ModulePath "../../package/Codexport.$version.nupkg"
}

Describe 'the gallery''s package' {
    It 'can be unpacked as a gallery''s client does it, and imported' {
        $target = Join-Path $TestDrive "unpacked/Codexport/$version"
        [System.IO.Compression.ZipFile]::ExtractToDirectory((Resolve-Path $package), $target)
        $answer = pwsh -NoProfile -NonInteractive -Command "Import-Module '$TestDrive/unpacked/Codexport'; (Get-Command -Module Codexport).Count"
        [int] $answer | Should -BeGreaterOrEqual 23
    }

    It 'can be installed from a file repository and imported' {
        if (-not (Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet)) {
            Set-ItResult -Skipped -Because 'this pwsh came without Microsoft.PowerShell.PSResourceGet'
        }
        $feed = New-Item -ItemType Directory (Join-Path $TestDrive 'feed')
        $target = New-Item -ItemType Directory (Join-Path $TestDrive 'modules')
        Copy-Item $package $feed
        # In a home of its own: repositories are kept there.
        $saved = $env:HOME, $env:LOCALAPPDATA, $env:XDG_DATA_HOME
        try {
            $env:HOME = $env:LOCALAPPDATA = $env:XDG_DATA_HOME = $TestDrive
            $answer = pwsh -NoProfile -NonInteractive -Command @"
`$ErrorActionPreference = 'Stop'
Register-PSResourceRepository codexport-test -Uri '$feed' -Trusted
Save-PSResource Codexport -Repository codexport-test -Path '$target'
Import-Module '$target/Codexport'
(Get-Module Codexport).Version.ToString()
(Get-Command -Module Codexport).Count
(Get-Help Sync-CodexportFollower).Synopsis
"@
        } finally {
            $env:HOME, $env:LOCALAPPDATA, $env:XDG_DATA_HOME = $saved
        }
        $answer[0] | Should -Be $version
        [int] $answer[1] | Should -BeGreaterOrEqual 23
        $answer[2] | Should -BeLike 'Fetches*'
        Test-Path "$target/Codexport/$version/host/codexport.dll" | Should -BeTrue
    }
}

Describe 'the manifest' {
    It 'says where the module runs, under which licence, and what is new' {
        $manifest = Test-ModuleManifest (Get-ChildItem $ModulePath -Recurse -Filter Codexport.psd1).FullName
        $manifest.PowerShellVersion | Should -Be ([version] '7.6')
        $manifest.CompatiblePSEditions | Should -Be 'Core'
        $manifest.Tags | Should -Contain 'PSEdition_Core'
        $manifest.LicenseUri, $manifest.ProjectUri, $manifest.ReleaseNotes | Should -Not -BeNullOrEmpty
    }
}
