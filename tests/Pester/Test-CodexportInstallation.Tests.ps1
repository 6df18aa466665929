param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = New-TestMasterHome (Join-Path $TestDrive 'user')
}

Describe 'Test-CodexportInstallation' {
    It 'gives one finding a check, with what to do' {
        $findings = Test-CodexportInstallation -HomePath $user
        $findings.Name | Should -Contain 'configuration'
        $findings.Level | Sort-Object -Unique | Where-Object { $_ -notin 'ok', 'info', 'skipped', 'warning', 'error' } | Should -BeNullOrEmpty
        $findings | Where-Object { $_.Level -in 'warning', 'error' -and -not $_.Remedy } | Should -BeNullOrEmpty
    }

    It 'looks at the file watches of a master, where there are limits' {
        $found = @(Test-CodexportInstallation -HomePath $user | Where-Object Name -EQ 'file watches')
        $found.Count -gt 0 | Should -Be $IsLinux
        $found.Level | Where-Object { $_ -notin 'ok', 'warning' } | Should -BeNullOrEmpty
        $found | Where-Object { $_.Level -eq 'warning' -and $_.Remedy -notmatch 'sysctl fs\.inotify\.' } | Should -BeNullOrEmpty
    }

    It 'gives a boolean with -Quiet' {
        Test-CodexportInstallation -HomePath $user -Quiet | Should -BeTrue
        $broken = New-TestHome (Join-Path $TestDrive 'broken')
        Set-Content $broken/.codex/config.toml 'model = '
        Test-CodexportInstallation -HomePath $broken -Quiet | Should -BeFalse
        (Test-CodexportInstallation -HomePath $broken | Where-Object Level -EQ error).Name | Should -Contain 'configuration'
    }

    It 'changes nothing' {
        $before = Get-Snapshot $TestDrive
        Test-CodexportInstallation -HomePath $user | Out-Null
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'writes what the program prints' {
        # Free space moves while the two look.
        $printed = (Get-ProgramJson $ProgramPath $user 'doctor').findings | Where-Object name -NE 'disk space'
        Assert-SameJson @(Test-CodexportInstallation -HomePath $user | Where-Object Name -NE 'disk space') @($printed)
    }

    It 'has a table and a list' {
        Assert-View (Test-CodexportInstallation -HomePath $user) 'Codexport.Engine.Results.DiagnosticFinding'
    }

    It 'shows what to do, also in a narrow window' {
        $finding = Test-CodexportInstallation -HomePath (Join-Path $TestDrive 'nowhere') | Where-Object Remedy | Select-Object -First 1
        $shown = ($finding | Format-Table | Out-String -Width 80) -replace '\s'
        $shown | Should -BeLike "*$([WildcardPattern]::Escape($finding.Remedy -replace '\s'))*"
        $finding.Remedy | Should -Not -Match 'codexport '
    }

    It 'finds a block of a shell whose program cannot be started' -Skip:$IsWindows {
        $shell = New-TestMasterHome (Join-Path $TestDrive 'shell')
        $own = Join-Path $TestDrive 'own program'
        Set-Content $own 'not a program'
        Set-Content $shell/.bashrc "# >>> codexport >>>", "function codex {", "    if command -v '$own' >/dev/null 2>&1; then", "        command '$own' sync", "    fi", "}", "# <<< codexport <<<"
        $found = Test-CodexportInstallation -HomePath $shell | Where-Object Name -EQ 'shell'
        $found.Level | Should -Be 'Warning'
        $found.Message | Should -BeLike "*$own*"
        $found.Remedy | Should -BeLike '*Install-CodexportShellIntegration bash*'
        Install-CodexportShellIntegration Bash -HomePath $shell
        (Test-CodexportInstallation -HomePath $shell | Where-Object Name -EQ 'shell').Level | Should -Be 'Ok'
    }

    It 'makes a finding of broken settings, where others make an error' {
        $unset = New-Item -ItemType Directory (Join-Path $TestDrive 'unset/.codexport')
        Set-Content $unset/local.toml 'role = '
        $findings = Test-CodexportInstallation -HomePath $unset.Parent.FullName
        ($findings | Where-Object Level -EQ error).Message -join ' ' | Should -BeLike '*local.toml*'
    }

    It 'refuses a home that is none' {
        Assert-Error (Get-ErrorOf { Test-CodexportInstallation -HomePath Env:/HOME }) 'Test-CodexportInstallation' 'InvalidUsage' 'InvalidArgument' 'Env:/HOME'
    }
}
